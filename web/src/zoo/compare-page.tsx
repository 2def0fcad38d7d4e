import "./zoo.css";

import { useMemo } from "react";
import { useQuery } from "urql";
import { Link, useSearch } from "wouter";

import { PtmsToCompareDocument, type PtmsToCompareQuery } from "../generated/documents.ts";
import { bytes, compact, exact, measured, versioned, words } from "../ui/format.ts";
import { Empty, Problem, Waiting } from "../ui/states.tsx";
import { useRanks } from "./use-ranks.ts";

/** Two to five PTMs side by side: what they are, what was measured with them, where they rank. */
export function ComparePage() {
  const search = useSearch();
  const ids = useMemo(() => new URLSearchParams(search).getAll("ptm").slice(0, 5), [search]);
  const [{ data, error, fetching }] = useQuery({ query: PtmsToCompareDocument, variables: { ids } });
  const ptms = useMemo(
    () => (data?.nodes ?? []).filter((node): node is ComparedPtm => node !== null && "outcomes" in node),
    [data],
  );
  const { rows: ranks } = useRanks(ids);
  const tasks = useMemo(() => byTask(ptms), [ptms]);

  if (error) return <Problem error={error} />;
  if (!data && fetching) return <Waiting what="Reading the PTMs" />;
  if (ptms.length < 2) {
    return (
      <Empty>
        <h1>Compare PTMs</h1>
        <p>
          Tick two to five of them in <Link href="/zoo">the zoo</Link>.
        </p>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <header>
        <p className="muted small">
          <Link href="/zoo">Zoo</Link>
        </p>
        <h1>Side by side</h1>
      </header>
      <div className="panel scroll" tabIndex={0} role="region" aria-label="What they are">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">PTM</th>
              <th scope="col">Architecture</th>
              <th scope="col" className="number">
                Weights
              </th>
              <th scope="col" className="number">
                MACs
              </th>
              <th scope="col" className="number">
                File
              </th>
              <th scope="col" className="number">
                Features
              </th>
              <th scope="col">Licence</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {ptms.map((ptm, i) => (
              <tr key={ptm.id}>
                <td>
                  <span className={`legend series-${i}`} aria-hidden />
                  <Link href={`/zoo/${ptm.id}`}>{versioned(ptm)}</Link>
                </td>
                <td>{ptm.architecture}</td>
                <td className="number">{compact(ptm.parameterCount)}</td>
                <td className="number">{ptm.macs === null ? "–" : compact(ptm.macs)}</td>
                <td className="number">{bytes(ptm.sizeBytes)}</td>
                <td className="number">{ptm.featureWidth}</td>
                <td>{ptm.license}</td>
                <td>{words(ptm.status)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <section className="panel stack" aria-labelledby="measured">
        <h2 id="measured">Measured, task by task</h2>
        {tasks.length === 0 ? (
          <p className="muted">Nothing was measured with any of them yet.</p>
        ) : (
          <div className="scroll" tabIndex={0} role="region" aria-labelledby="measured">
            <Outcomes ptms={ptms} tasks={tasks} />
          </div>
        )}
      </section>
      <section className="panel stack" aria-labelledby="ranks">
        <h2 id="ranks">Where they rank</h2>
        <div className="scroll" tabIndex={0} role="region" aria-labelledby="ranks">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Task</th>
                {ptms.map((ptm, i) => (
                  <th scope="col" className="number" key={ptm.id}>
                    <span className={`legend series-${i}`} aria-hidden />
                    {versioned(ptm)}
                  </th>
                ))}
                <th scope="col" className="number">
                  of
                </th>
              </tr>
            </thead>
            <tbody>
              {ranks.map((row) => (
                <tr key={row.task.id}>
                  <td>
                    <Link href={`/rank/${row.task.id}`}>{versioned(row.task)}</Link>
                  </td>
                  {ptms.map(({ id }) => (
                    <td className="number" key={id}>
                      {row.ranks.get(id) ?? "–"}
                    </td>
                  ))}
                  <td className="number muted">{exact(row.zooSize)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

type ComparedPtm = Extract<NonNullable<PtmsToCompareQuery["nodes"][number]>, { outcomes: object }>;

interface TaskOutcomes {
  readonly task: ComparedPtm["outcomes"]["nodes"][number]["task"];
  readonly metric: string;
  /** By PTM id. */
  readonly values: ReadonlyMap<string, number>;
}

function byTask(ptms: readonly ComparedPtm[]): TaskOutcomes[] {
  const rows = new Map<string, { task: TaskOutcomes["task"]; metric: string; values: Map<string, number> }>();
  for (const { id, outcomes } of ptms) {
    for (const { task, metric, value } of outcomes.nodes) {
      const key = `${task.id} ${metric}`;
      const row = rows.get(key) ?? { task, metric, values: new Map<string, number>() };
      rows.set(key, row);
      row.values.set(id, Math.max(value, row.values.get(id) ?? -Infinity));
    }
  }
  return [...rows.values()].sort((a, b) => a.task.name.localeCompare(b.task.name));
}

function Outcomes({ ptms, tasks }: { ptms: readonly ComparedPtm[]; tasks: readonly TaskOutcomes[] }) {
  const all = tasks.flatMap(({ values }) => [...values.values()]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const place = (value: number): string => `${3 + (94 * (value - low)) / (high - low || 1)}%`;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">
            {measured(low)} to {measured(high)}
          </th>
          {ptms.map((ptm, i) => (
            <th scope="col" className="number" key={ptm.id}>
              <span className={`legend series-${i}`} aria-hidden />
              {versioned(ptm)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tasks.map(({ task, metric, values }) => {
          const best = Math.max(...values.values());
          return (
            <tr key={`${task.id} ${metric}`}>
              <td>
                <Link href={`/tasks/${task.id}`}>{versioned(task)}</Link>
                <span className="small muted"> {metric}</span>
              </td>
              <td>
                <span className="dots" aria-hidden>
                  {ptms.map(({ id }, i) => {
                    const value = values.get(id);
                    return value === undefined ? null : (
                      <span key={id} className={`dot series-${i}`} style={{ left: place(value) }} />
                    );
                  })}
                </span>
              </td>
              {ptms.map(({ id }) => {
                const value = values.get(id);
                return (
                  <td className="number" key={id}>
                    {value === undefined ? (
                      "–"
                    ) : value === best ? (
                      <strong>{measured(value)}</strong>
                    ) : (
                      measured(value)
                    )}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
