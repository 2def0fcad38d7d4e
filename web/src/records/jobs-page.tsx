import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Link } from "wouter";

import {
  CancelJobDocument,
  JobsPageDocument,
  type JobsPageQuery,
  type JobState,
  type Role,
} from "../generated/documents.ts";
import { useMay } from "../shell/viewer.ts";
import { duration, moment, versioned, words } from "../ui/format.ts";
import { Meter, Problem, Waiting } from "../ui/states.tsx";
import { Pager, usePlaces } from "../ui/pager.tsx";

const STATES: readonly JobState[] = ["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"];

export function JobsPage() {
  const [state, setState] = useState<JobState>();
  const places = usePlaces();
  const [{ data, error, fetching }, ask] = useQuery({
    query: JobsPageDocument,
    variables: { first: 50, after: places.after, filter: state ? { state: [state] } : null },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  return (
    <div className="stack">
      <header className="spread">
        <div>
          <h1>Jobs</h1>
          <p className="muted">What works in the background, newest first.</p>
        </div>
        <div className="row">
          <select
            className="select jobs-state"
            aria-label="State"
            value={state ?? ""}
            onChange={(event) => {
              places.restart();
              setState(event.target.value === "" ? undefined : (event.target.value as JobState));
            }}
          >
            <option value="">every state</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {words(one)}
              </option>
            ))}
          </select>
          <button type="button" className="button" onClick={again}>
            Look again
          </button>
        </div>
      </header>
      {error && <Problem error={error} onRetry={again} />}
      {!data && fetching && <Waiting what="Reading the jobs" />}
      {data && (
        <>
          <div className="panel scroll" tabIndex={0} role="region" aria-label="Jobs">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Job</th>
                  <th scope="col">About</th>
                  <th scope="col">State</th>
                  <th scope="col">Queued</th>
                  <th scope="col" className="number">
                    Took
                  </th>
                  <th scope="col" className="number">
                    Attempts
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.jobs.nodes.map((job) => (
                  <Row key={job.id} job={job} onCancelled={again} />
                ))}
              </tbody>
            </table>
            {data.jobs.nodes.length === 0 && <p className="muted">None.</p>}
          </div>
          <Pager places={places} pageInfo={data.jobs.pageInfo} />
        </>
      )}
    </div>
  );
}

type Job = JobsPageQuery["jobs"]["nodes"][number];
/** Kinds that may be stopped, and by whom. */
const STOPPABLE: Partial<Record<Job["kind"], Role>> = {
  RERANK: "CONTRIBUTOR",
  RUN_PTM: "CONTRIBUTOR",
  MEASURE: "CONTRIBUTOR",
  TRAIN: "CURATOR",
  MEASURE_POOL: "CURATOR",
};

function Row({ job, onCancelled }: { job: Job; onCancelled: () => void }) {
  const [, cancel] = useMutation(CancelJobDocument);
  const stopper = STOPPABLE[job.kind];
  const mayStop = useMay(stopper ?? "ADMIN") && stopper !== undefined;
  const isOpen = job.state === "QUEUED" || job.state === "RUNNING";
  const took =
    job.startedAt && job.finishedAt
      ? (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000
      : undefined;
  return (
    <tr>
      <td>{words(job.kind)}</td>
      <td>
        {job.ptm && <Link href={`/zoo/${job.ptm.id}`}>{versioned(job.ptm)}</Link>}
        {job.ptm && job.task && " on "}
        {job.task && <Link href={`/tasks/${job.task.id}`}>{versioned(job.task)}</Link>}
      </td>
      <td>
        <span className={CHIPS[job.state]}>{words(job.state)}</span>
        {job.state === "RUNNING" && <Meter value={job.progress} label={words(job.kind)} />}
        {job.errorMessage && <p className="small muted">{job.errorMessage}</p>}
        {isOpen && mayStop && (
          <button
            type="button"
            className="button quiet small"
            onClick={() => void cancel({ input: { jobId: job.id } }).then(onCancelled)}
          >
            Cancel
          </button>
        )}
      </td>
      <td className="muted when">{moment(job.createdAt)}</td>
      <td className="number">{took === undefined ? "" : duration(took)}</td>
      <td className="number">{job.attempts}</td>
    </tr>
  );
}

const CHIPS: Record<JobState, string> = {
  QUEUED: "chip",
  RUNNING: "chip amber",
  COMPLETED: "chip dew",
  FAILED: "chip alarm",
  CANCELLED: "chip",
};
