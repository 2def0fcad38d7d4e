import { useRef, useState } from "react";
import { useMutation, useQuery } from "urql";

import { errorText } from "../api/client.ts";
import {
  ActivateSpiderDocument,
  ActiveSpiderDocument,
  type SpiderCardFragment,
} from "../generated/documents.ts";

/** Asks before every ranking of the organisation changes, and again where the spider did worse than the active one. */
export function ActivateControl({ spider }: { spider: SpiderCardFragment }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [{ data: now }] = useQuery({ query: ActiveSpiderDocument });
  const [{ fetching }, activate] = useMutation(ActivateSpiderDocument);
  const [refusal, setRefusal] = useState<{ message: string; isWorse: boolean }>();
  const active = now?.spider;

  const begin = async (force: boolean) => {
    const { data, error } = await activate({ input: { spiderId: spider.id, force } });
    const refused = data?.activateSpider.userErrors[0];
    if (error) setRefusal({ message: errorText(error), isWorse: false });
    else if (refused)
      setRefusal({ message: refused.message, isWorse: refused.code === "FAILED_PRECONDITION" });
    else dialog.current?.close();
  };
  return (
    <>
      <button type="button" className="button" onClick={() => dialog.current?.showModal()}>
        Activate<span className="unseen"> version {spider.version}</span>
      </button>
      <dialog
        ref={dialog}
        className="dialog"
        aria-labelledby={`activate-${spider.version}`}
        onClose={() => setRefusal(undefined)}
      >
        <div className="stack">
          <h2 id={`activate-${spider.version}`}>Let version {spider.version} rank?</h2>
          <p>
            Every ranking will come from it from now on
            {active
              ? `, and no longer from version ${active.version}. Activating that one again takes it back.`
              : "."}
          </p>
          {refusal && (
            <p className="note alarm" role="alert">
              {refusal.message}
            </p>
          )}
          <div className="row">
            <button
              type="button"
              className="button primary"
              disabled={fetching}
              onClick={() => void begin(refusal?.isWorse ?? false)}
            >
              {refusal?.isWorse ? "Activate all the same" : "Activate"}
            </button>
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              {active ? `Keep version ${active.version}` : "Not now"}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
