import "./tasks.css";

import { useDeferredValue, useState } from "react";
import { Link } from "wouter";

import { useAll } from "../api/page-store.ts";
import { TasksPageDocument } from "../generated/documents.ts";
import { day, exact, versioned, words } from "../ui/format.ts";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { Thumbnails } from "./thumbnails.tsx";

export function TasksPage() {
  const { items, done, error } = useAll(TasksPageDocument, (data) => data.tasks);
  const [sought, setSought] = useState("");
  const word = useDeferredValue(sought.trim().toLowerCase());
  const tasks = items.filter(
    ({ name, classes }) =>
      name.toLowerCase().includes(word) || classes.some((one) => one.toLowerCase().includes(word)),
  );
  if (error && items.length === 0) return <Problem error={error} />;
  if (items.length === 0 && !done) return <Waiting what="Reading the tasks" />;
  if (items.length === 0) {
    return (
      <Empty>
        <h1>No task yet</h1>
        <p>
          <Link href="/">Drop one</Link> to see which models fit it.
        </p>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <header className="spread">
        <div>
          <h1>Tasks</h1>
          <p className="muted" role="status">
            {exact(tasks.length)} of {exact(items.length)}
            {done ? "" : " so far"}
          </p>
        </div>
        <input
          className="input task-search"
          type="search"
          placeholder="Name or class"
          aria-label="Search the tasks"
          value={sought}
          onChange={(event) => setSought(event.target.value)}
        />
      </header>
      <ul className="task-cards">
        {tasks.map((task) => (
          <li key={task.id} className="panel">
            <div className="spread">
              <h2>
                <Link href={`/tasks/${task.id}`}>{versioned(task)}</Link>
              </h2>
              {task.status !== "READY" && (
                <span className={task.status === "FAILED" ? "chip alarm" : "chip amber"}>
                  {words(task.status)}
                </span>
              )}
            </div>
            <p className="muted small">
              {task.classes.length} classes ·{" "}
              {task.sampleCount > 0 ? `${exact(task.sampleCount)} samples` : "class centres alone"} ·{" "}
              {day(task.createdAt)}
            </p>
            {task.sampleCount > 0 && <Thumbnails taskId={task.id} />}
            <p className="task-classes small muted">{task.classes.slice(0, 12).join(" · ")}</p>
            <Link className="button small" href={`/rank/${task.id}`}>
              Rank<span className="unseen"> the zoo for {task.name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
