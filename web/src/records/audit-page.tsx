import { type FormEvent, useMemo, useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation, useSearch } from "wouter";

import { download } from "../api/download.ts";
import { AuditPageDocument, type AuditPageQuery } from "../generated/documents.ts";
import { ChangeList } from "../ui/change-list.tsx";
import { moment, words } from "../ui/format.ts";
import { Pager, usePlaces } from "../ui/pager.tsx";
import { saveBlob } from "../ui/save.ts";
import { Problem, Waiting } from "../ui/states.tsx";
import { exportAddress, readFilter } from "./audit-filter.ts";

/** Who changed what, for administrators. */
export function AuditPage() {
  const search = useSearch();
  // Another question begins at its newest event.
  return <Audit key={search} search={search} />;
}

function Audit({ search }: { search: string }) {
  const filter = useMemo(() => readFilter(search), [search]);
  const places = usePlaces();
  const [{ data, error, fetching }, ask] = useQuery({
    query: AuditPageDocument,
    variables: { first: 50, after: places.after, filter },
  });
  const events = data?.auditEvents.nodes ?? [];
  return (
    <div className="stack">
      <header className="spread">
        <div>
          <h1>Audit</h1>
          <p className="muted">Every change, who made it and in which request, newest first.</p>
        </div>
        <Export address={exportAddress(filter)} />
      </header>
      <FilterForm search={search} known={events} />
      {error && <Problem error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />}
      {!data && fetching && <Waiting what="Reading the audit" />}
      {data && (
        <>
          <div className="panel scroll" tabIndex={0} role="region" aria-label="Changes">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">Did</th>
                  <th scope="col">To</th>
                  <th scope="col">Values</th>
                </tr>
              </thead>
              <tbody>
                {events.map((event) => (
                  <Row key={event.id} event={event} />
                ))}
              </tbody>
            </table>
            {events.length === 0 && <p className="muted">Nothing was changed that these filters find.</p>}
          </div>
          <Pager places={places} pageInfo={data.auditEvents.pageInfo} />
        </>
      )}
    </div>
  );
}

type Event = AuditPageQuery["auditEvents"]["nodes"][number];

const PLACES: Readonly<Record<string, string>> = { Ptm: "/zoo/", Task: "/tasks/" };

function Row({ event }: { event: Event }) {
  const place = PLACES[event.subjectType];
  return (
    <tr>
      <td className="muted when">
        <time dateTime={event.at} title={event.at}>
          {moment(event.at)}
        </time>
      </td>
      <td>
        {event.actor} <span className="small muted">{words(event.role)}</span>
      </td>
      <td title={event.requestId === null ? undefined : `Request ${event.requestId}`}>{event.action}</td>
      <td>
        {place === undefined ? (
          event.subjectType
        ) : (
          <Link href={`${place}${event.subjectId}`}>{event.subjectType}</Link>
        )}
      </td>
      <td>
        <ChangeList changes={event.changes} />
      </td>
    </tr>
  );
}

function FilterForm({ search, known }: { search: string; known: readonly Event[] }) {
  const [, navigate] = useLocation();
  const given = new URLSearchParams(search);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = [...event.currentTarget.querySelectorAll("input")];
    const asked = fields.map(({ name, value }): [string, string] => [name, value.trim()]);
    const query = new URLSearchParams(asked.filter(([, value]) => value !== "")).toString();
    navigate(query === "" ? "/audit" : `/audit?${query}`);
  };
  return (
    <form className="fields" onSubmit={submit} role="search">
      <label>
        <span className="label">Who</span>
        <input className="input" name="actor" list="actors" defaultValue={given.get("actor") ?? ""} />
      </label>
      <label>
        <span className="label">Did</span>
        <input className="input" name="action" list="actions" defaultValue={given.get("action") ?? ""} />
      </label>
      <label>
        <span className="label">From</span>
        <input className="input" name="from" type="date" defaultValue={given.get("from") ?? ""} />
      </label>
      <label>
        <span className="label">To</span>
        <input className="input" name="to" type="date" defaultValue={given.get("to") ?? ""} />
      </label>
      <button type="submit" className="button primary">
        Show
      </button>
      <Names id="actors" values={known.map(({ actor }) => actor)} />
      <Names id="actions" values={known.map(({ action }) => action)} />
    </form>
  );
}

function Names({ id, values }: { id: string; values: readonly string[] }) {
  return (
    <datalist id={id}>
      {[...new Set(values)].sort().map((value) => (
        <option key={value}>{value}</option>
      ))}
    </datalist>
  );
}

function Export({ address }: { address: string }) {
  const [state, setState] = useState<"idle" | "reading" | "refused">("idle");
  const begin = async () => {
    setState("reading");
    const file = await download(address);
    if (file !== undefined) saveBlob("audit.ndjson", file);
    setState(file === undefined ? "refused" : "idle");
  };
  return (
    <div className="row">
      {state === "refused" && (
        <span className="small" role="alert">
          The export was refused.
        </span>
      )}
      <button
        type="button"
        className="button small"
        disabled={state === "reading"}
        onClick={() => void begin()}
      >
        Export NDJSON
      </button>
    </div>
  );
}
