import "./tasks.css";

import { useMemo } from "react";
import { useQuery } from "urql";
import { Link, useParams } from "wouter";

import { decodeVector } from "../api/vector.ts";
import { TaskPageDocument, type TaskPageQuery } from "../generated/documents.ts";
import { day, exact, moment, versioned, words } from "../ui/format.ts";
import { OutcomeTable } from "../ui/outcome-table.tsx";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { TokenStrip } from "../ui/token-strip.tsx";
import { ClassGallery } from "./class-gallery.tsx";

export function TaskPage() {
  const { id = "" } = useParams();
  const [{ data, error, fetching }, ask] = useQuery({ query: TaskPageDocument, variables: { id } });
  if (error) return <Problem error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />;
  if (!data && fetching) return <Waiting what="Reading the task" />;
  if (!data?.task) {
    return (
      <Empty>
        <h1>There is no such task</h1>
        <Link href="/tasks">Look through the tasks</Link>
      </Empty>
    );
  }
  const { task } = data;
  return (
    <div className="task">
      <header className="spread">
        <div>
          <p className="muted small">
            <Link href="/tasks">Tasks</Link>
          </p>
          <h1>{versioned(task)}</h1>
          <p className="muted">
            {task.classes.length} classes ·{" "}
            {task.sampleCount > 0 ? `${exact(task.sampleCount)} samples` : "class centres alone"} · added{" "}
            {day(task.createdAt)} by {task.createdBy}
          </p>
        </div>
        <Link className="button primary" href={`/rank/${task.id}`}>
          Rank the zoo
        </Link>
      </header>
      {task.statusReason && <p className="note alarm">{task.statusReason}</p>}
      <div className="stack">
        <section className="panel stack" aria-labelledby="classes">
          <h2 id="classes">Classes</h2>
          {task.sampleCount > 0 ? (
            <ClassGallery taskId={task.id} />
          ) : (
            <>
              <p className="muted small">
                The samples stayed at home: the registry knows class centres alone.
              </p>
              <ul className="class-names">
                {task.classes.map((name) => (
                  <li key={name} className="chip">
                    {name}
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
        <section className="panel stack" aria-labelledby="outcomes">
          <h2 id="outcomes">Outcomes</h2>
          <OutcomeTable outcomes={task.outcomes.nodes} of="ptm" />
        </section>
      </div>
      <div className="stack">
        <Token task={task} />
        <Alike tasks={task.similarTasks} />
        <Rankings task={task} />
      </div>
    </div>
  );
}

type Task = NonNullable<TaskPageQuery["task"]>;

function Token({ task: { token, status, job } }: { task: Task }) {
  const vector = useMemo(() => token && meanCentre(decodeVector(token.vectors), token.width), [token]);
  return (
    <section className="panel stack" aria-labelledby="token">
      <h2 id="token">Token</h2>
      {token && vector ? (
        <>
          <TokenStrip vector={vector} label="The mean of the class centres, less its own mean" />
          <p className="small muted">
            {token.classCount} class centres of {token.width} values, computed {moment(token.createdAt)}
          </p>
          <p className="mono muted">{token.digest}</p>
        </>
      ) : (
        <p className="muted">
          {status === "TOKENIZING"
            ? `Being computed${job?.stage ? `: ${job.stage}` : ""}.`
            : "There is none."}
        </p>
      )}
    </section>
  );
}

/** What tells tasks apart at a glance: features are positive, so the picture shows what is above and below average. */
function meanCentre(centres: Float32Array, width: number): Float32Array {
  const mean = new Float32Array(width);
  centres.forEach((value, i) => (mean[i % width]! += (value * width) / centres.length));
  const average = mean.reduce((sum, value) => sum + value, 0) / width;
  return mean.map((value) => value - average);
}

/** Tasks whose class centres lie nearest: what fitted them may fit this one. */
function Alike({ tasks }: { tasks: Task["similarTasks"] }) {
  if (tasks.length === 0) return null;
  return (
    <section className="panel stack" aria-labelledby="alike">
      <h2 id="alike">Similar tasks</h2>
      <ol className="alike">
        {tasks.map(({ task, distance }) => (
          <li key={task.id} className="spread">
            <span>
              <Link href={`/tasks/${task.id}`}>{versioned(task)}</Link>{" "}
              <span className="small muted">{task.classes.length} classes</span>
            </span>
            <span className="muted" title="Distance of the class centres; only its order has a meaning">
              {distance.toPrecision(3)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Rankings({ task: { id, rankings } }: { task: Task }) {
  return (
    <section className="panel stack" aria-labelledby="rankings">
      <h2 id="rankings">Rankings over time</h2>
      {rankings.nodes.length === 0 ? (
        <p className="muted">None was kept yet. Re-rankings are, and so is what keepRanking writes down.</p>
      ) : (
        <ol className="timeline">
          {rankings.nodes.map((ranking) => (
            <li key={ranking.id}>
              <p className="spread">
                <Link href={`/rank/${id}?ranking=${encodeURIComponent(ranking.id)}`}>
                  {moment(ranking.asOf)}
                </Link>
                <span className={ranking.stage === "RERANKED" ? "chip dew" : "chip"}>
                  {words(ranking.stage)}
                </span>
              </p>
              <p className="small muted">
                {ranking.entries.map(({ rank, ptm }) => `${rank} ${versioned(ptm)}`).join(" · ")} (spider{" "}
                {ranking.spider.version})
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
