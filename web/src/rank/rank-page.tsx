import "./rank.css";

import { useState } from "react";
import { useQuery, useSubscription } from "urql";
import { Link, useLocation, useParams } from "wouter";

import { JobUpdatedDocument, type TaskLineFragment, TaskToRankDocument } from "../generated/documents.ts";
import { useMay } from "../shell/viewer.ts";
import { counted, exact, versioned } from "../ui/format.ts";
import { saveText } from "../ui/save.ts";
import { Empty, Meter, Problem, Waiting } from "../ui/states.tsx";
import { DropZone } from "./drop-zone.tsx";
import { Evidence } from "./evidence.tsx";
import { toCsv } from "./export.ts";
import { FilterPanel } from "./filter-panel.tsx";
import { useQuestion } from "./question.ts";
import { RankingList } from "./ranking-list.tsx";
import { RerankControl } from "./rerank-control.tsx";
import { TaskChooser } from "./task-chooser.tsx";
import { TradeOff } from "./trade-off.tsx";
import { useRanking } from "./use-ranking.ts";
import { useUnbeaten } from "./use-unbeaten.ts";

export function RankPage() {
  const { taskId } = useParams();
  const [, navigate] = useLocation();
  const mayAdd = useMay("CONTRIBUTOR");
  if (taskId !== undefined) return <RankTask key={taskId} taskId={taskId} />;
  return (
    <div className="welcome">
      <div className="stack">
        <h1>Which of our models should I fine‑tune for this task?</h1>
        <p className="muted lead">
          Show Orbweaver labelled images. It reads them once and ranks every model of the zoo for them,
          without running one.
        </p>
        {mayAdd && <DropZone onAdded={(id) => navigate(`/rank/${id}`)} />}
      </div>
      <section className="stack" aria-labelledby="known">
        <h2 id="known">or take a task that is here</h2>
        <TaskChooser />
      </section>
    </div>
  );
}

function RankTask({ taskId }: { taskId: string }) {
  const [{ data, error, fetching }, ask] = useQuery({
    query: TaskToRankDocument,
    variables: { id: taskId },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  if (error) return <Problem error={error} onRetry={again} />;
  if (!data) return fetching ? <Waiting what="Looking for the task" /> : null;
  const { task } = data;
  if (task === null) {
    return (
      <Empty>
        <h1>There is no such task</h1>
        <Link href="/">Choose another</Link>
      </Empty>
    );
  }
  if (task.status === "READY") return <Ranked task={task} />;
  return <Preparing task={task} onChange={again} />;
}

/** Until the general encoder has seen the samples. */
function Preparing({ task, onChange }: { task: TaskLineFragment; onChange: () => void }) {
  const failed = task.status === "FAILED";
  const [{ data }] = useSubscription(
    { query: JobUpdatedDocument, variables: { jobId: task.job?.id ?? "" }, pause: failed || !task.job },
    (_, event) => {
      if (["COMPLETED", "FAILED", "CANCELLED"].includes(event.jobUpdated.state)) onChange();
      return event;
    },
  );
  const job = data?.jobUpdated ?? task.job;
  return (
    <div className="stack preparing">
      <h1>{versioned(task)}</h1>
      {failed ? (
        <p className="note alarm" role="alert">
          {task.statusReason ?? "The samples could not be used."}
        </p>
      ) : (
        <div className="panel stack" role="status">
          <p>
            The general encoder is reading {exact(task.sampleCount)} samples of {task.classes.length} classes
            {job?.stage ? `: ${job.stage}` : ""}
          </p>
          <Meter value={job?.progress ?? 0} label="Task token" />
        </div>
      )}
      <p>
        <Link href="/">Choose another task</Link>
      </p>
    </div>
  );
}

function Ranked({ task }: { task: TaskLineFragment }) {
  const [question, change] = useQuestion();
  const { ranking, stale, error, retry } = useRanking(task.id, question);
  const unbeaten = useUnbeaten(task.id, question, ranking);
  const [copied, setCopied] = useState(false);
  const mayAdd = useMay("CONTRIBUTOR");
  const widest = useWidest(ranking);
  const share = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
  };
  return (
    <div className="ranked">
      <header className="ranked-head spread">
        <div>
          <p className="muted small">
            <Link href="/">All tasks</Link>
          </p>
          <h1>
            Models for <Link href={`/tasks/${task.id}`}>{versioned(task)}</Link>
          </h1>
          <p className="muted">
            {task.classes.length} classes ·{" "}
            {task.sampleCount > 0 ? `${exact(task.sampleCount)} samples` : "class centres alone"}
            {ranking && ` · ${counted(ranking.zooSize, "PTM")} ranked`}
          </p>
        </div>
        {ranking && (
          <div className="row">
            <button type="button" className="button small" onClick={() => void share()}>
              {copied ? "Link copied" : "Copy link"}
            </button>
            <button
              type="button"
              className="button small"
              onClick={() => saveText(`${task.name}.csv`, "text/csv", toCsv(ranking))}
            >
              CSV
            </button>
            <button
              type="button"
              className="button small"
              onClick={() =>
                saveText(`${task.name}.json`, "application/json", JSON.stringify(ranking, null, 2))
              }
            >
              JSON
            </button>
          </div>
        )}
      </header>
      {error && <Problem error={error} onRetry={retry} />}
      {!ranking && !error && <Waiting what="Ranking the zoo" />}
      {ranking && (
        <>
          <div className="ranked-answer" data-stale={stale || undefined} aria-busy={stale}>
            {ranking.entries.length === 0 ? (
              <Empty>
                <p>No PTM of the zoo passes this filter.</p>
              </Empty>
            ) : (
              <RankingList ranking={ranking} shown={question.topK} unbeaten={unbeaten.ids} />
            )}
            {ranking.zooSize > question.topK && question.topK < 1000 && (
              <button
                type="button"
                className="button"
                onClick={() => change({ topK: Math.min(1000, question.topK * 4), ranking: question.ranking })}
              >
                Show more than the first {question.topK}
              </button>
            )}
          </div>
          <aside className="stack">
            <RerankControl
              taskId={task.id}
              question={question}
              ranking={ranking}
              obstacle={obstacleTo(task, mayAdd)}
              onStarted={(id) => change({ ranking: id })}
              onCoarse={() => change({})}
            />
            <Evidence ranking={ranking} />
            <TradeOff
              question={question}
              unbeaten={unbeaten}
              onChange={(cost) => change({ cost, ranking: question.ranking })}
            />
            <FilterPanel question={question} entries={widest} onChange={change} />
          </aside>
        </>
      )}
    </div>
  );
}

function obstacleTo({ sampleCount }: TaskLineFragment, mayAdd: boolean): string | undefined {
  if (!mayAdd) return "Your key reads and ranks; a contributor's may run PTMs.";
  if (sampleCount > 0) return undefined;
  return "This task is private: its samples stayed at home, so nothing can be run on them here.";
}

type Ranking = NonNullable<ReturnType<typeof useRanking>["ranking"]>;

/** The widest list seen on this page: what a filter leaves out must remain to be chosen. */
function useWidest(ranking: Ranking | undefined): Ranking["entries"] {
  const [widest, setWidest] = useState<Ranking["entries"]>([]);
  if (ranking && ranking.entries.length > widest.length) setWidest(ranking.entries);
  return widest;
}
