import { useState } from "react";
import { useMutation } from "urql";

import { CancelJobDocument, type SpiderCardFragment, type SpiderStatus } from "../generated/documents.ts";
import { useMay } from "../shell/viewer.ts";
import { counted, moment, words } from "../ui/format.ts";
import { Meter } from "../ui/states.tsx";
import { ActivateControl } from "./activate-control.tsx";
import { Curves } from "./curves.tsx";
import { Evaluation } from "./evaluation.tsx";
import { useLiveSpider } from "./use-live-spider.ts";

const CHIPS: Record<SpiderStatus, string> = {
  READY: "chip dew",
  TRAINING: "chip amber",
  FAILED: "chip alarm",
  CANCELLED: "chip",
};

interface Props {
  readonly known: SpiderCardFragment;
  /** Whether its evaluation is shown at once. */
  readonly open: boolean;
  /** Told when its training ends. */
  readonly onOver: () => void;
}

export function SpiderPanel({ known, open, onOver }: Props) {
  const spider = useLiveSpider(known, onOver);
  const mayDecide = useMay("CURATOR");
  const recipe = spider.trainedOn && (JSON.parse(spider.trainedOn.recipe) as Recipe);
  return (
    <section className="panel stack spider" aria-labelledby={`spider-${spider.version}`}>
      <div className="spread">
        <div className="row">
          <h2 id={`spider-${spider.version}`}>Version {spider.version}</h2>
          {spider.active && <span className="chip amber">active</span>}
          {!spider.active && <span className={CHIPS[spider.status]}>{words(spider.status)}</span>}
        </div>
        {mayDecide && spider.status === "READY" && !spider.active && <ActivateControl spider={spider} />}
      </div>
      {spider.status === "TRAINING" && <Training spider={spider} mayCancel={mayDecide} />}
      {spider.statusReason && <p className="note">{spider.statusReason}</p>}
      <div className="spider-body">
        <Facts spider={spider} />
        <Curves curve={spider.curve} epochs={recipe?.epochs ?? spider.curve.length} />
      </div>
      {spider.evaluation && <Evaluated spiderId={spider.id} open={open} />}
      <Details spider={spider} recipe={recipe} />
    </section>
  );
}

/** Of the recipe, what the page reads by name; the rest is shown as it is. */
interface Recipe {
  readonly epochs: number;
  readonly [setting: string]: string | number | null;
}

function Training({
  spider: { job, version },
  mayCancel,
}: {
  spider: SpiderCardFragment;
  mayCancel: boolean;
}) {
  const [, cancel] = useMutation(CancelJobDocument);
  if (job === null) return null;
  return (
    <div className="stack" role="status">
      <Meter value={job.progress} label={`Training of version ${version}`} />
      <div className="spread">
        <span>{job.state === "QUEUED" ? "Waits for a worker" : (job.stage ?? "Reads the pool")}</span>
        {mayCancel && (
          <button
            type="button"
            className="button small"
            onClick={() => void cancel({ input: { jobId: job.id } })}
          >
            Cancel<span className="unseen"> the training of version {version}</span>
          </button>
        )}
      </div>
    </div>
  );
}

/** Asked for when it is looked at: a grid of rankers and tasks is much for a page of spiders. */
function Evaluated({ spiderId, open }: { spiderId: string; open: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <details open={open} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>Evaluation</summary>
      {shown && <Evaluation spiderId={spiderId} />}
    </details>
  );
}

function Facts({ spider }: { spider: SpiderCardFragment }) {
  const { trainedOn, evaluation } = spider;
  return (
    <dl className="facts">
      <dt>Since</dt>
      <dd>
        {moment(spider.createdAt)}
        {trainedOn && ` by ${trainedOn.createdBy}`}
      </dd>
      <dt>Learned from</dt>
      <dd>
        {trainedOn
          ? `the pool ${trainedOn.pool.name}, ${counted(trainedOn.ptmCount, "PTM")}`
          : "imported, learned elsewhere"}
        {trainedOn &&
          trainedOn.outcomeSourceCount > 0 &&
          `, outcomes on ${counted(trainedOn.outcomeSourceCount, "task")}`}
      </dd>
      {spider.status === "READY" && (
        <>
          <dt>Knows</dt>
          <dd>{counted(spider.zooSize, "PTM")}</dd>
        </>
      )}
      {evaluation && evaluation.validationTau !== null && (
        <>
          <dt>Validation</dt>
          <dd>weighted τ {evaluation.validationTau.toFixed(4)} from tokens alone</dd>
        </>
      )}
      {evaluation?.rerankTopK != null && (
        <>
          <dt>Re-rank</dt>
          <dd>
            {counted(evaluation.rerankTopK, "PTM")} did best
            {evaluation.mergePolicy && `, merged ${words(evaluation.mergePolicy)}`}
          </dd>
        </>
      )}
    </dl>
  );
}

function Details({ spider, recipe }: { spider: SpiderCardFragment; recipe: Recipe | null }) {
  return (
    <details className="small">
      <summary>Recipe and digests</summary>
      <dl className="facts">
        <dt>Width</dt>
        <dd>
          {spider.width}, reads class centres of {spider.encoderWidth}
        </dd>
        {spider.snapshotSha256 && (
          <>
            <dt>Snapshot</dt>
            <dd className="mono">{spider.snapshotSha256}</dd>
          </>
        )}
        <dt>Encoder</dt>
        <dd className="mono">{spider.encoderSha256}</dd>
        {Object.entries(recipe ?? {})
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name} className="fact">
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
      </dl>
    </details>
  );
}
