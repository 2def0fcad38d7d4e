import { useDeferredValue, useMemo, useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";

import { TasksToRankDocument } from "../generated/documents.ts";
import { exact, versioned, words } from "../ui/format.ts";
import { Problem, Waiting } from "../ui/states.tsx";

/** The tasks that are there already. */
export function TaskChooser() {
  const [words_, setWords] = useState("");
  const sought = useDeferredValue(words_.trim().toLowerCase());
  const [{ data, error, fetching }, ask] = useQuery({
    query: TasksToRankDocument,
    variables: { first: 100 },
  });
  const tasks = useMemo(
    () => (data?.tasks.nodes ?? []).filter(({ name }) => name.toLowerCase().includes(sought)),
    [data, sought],
  );
  if (error) return <Problem error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />;
  if (!data && fetching) return <Waiting what="Looking for tasks" />;
  if (data?.tasks.nodes.length === 0) {
    return <p className="muted">The registry holds no task yet: drop the first one.</p>;
  }
  return (
    <div className="stack">
      <input
        className="input"
        type="search"
        placeholder="Find a task"
        aria-label="Find a task"
        value={words_}
        onChange={(event) => setWords(event.target.value)}
      />
      <ul className="task-list">
        {tasks.map((task) => (
          <li key={task.id}>
            <Link href={`/rank/${task.id}`}>
              <span className="task-name">{versioned(task)}</span>
              <span className="small muted">
                {task.classes.length} classes ·{" "}
                {task.sampleCount > 0 ? `${exact(task.sampleCount)} samples` : "private"}
                {task.status !== "READY" && ` · ${words(task.status)}`}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {tasks.length === 0 && <p className="muted">No task has a name like that.</p>}
    </div>
  );
}
