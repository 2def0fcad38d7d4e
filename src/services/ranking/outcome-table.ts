import type { DataSource } from "typeorm";

import type { KnownRow } from "../../engine/ranking/static-ranking.js";
import type { OutcomeProtocol } from "../../entities/outcome.js";
import type { Task } from "../../entities/task.js";
import { sha256 } from "../digest.js";

/** What was measured for a (PTM, task) pair: the median over seeds and splits. */
export interface OutcomeSummary {
  readonly metric: string;
  readonly protocol: OutcomeProtocol;
  readonly value: number;
  /** How many measurements the median is over. */
  readonly count: number;
}

/** All outcomes, one metric and protocol per task, so that values within a task can be compared. */
export interface OutcomeTable {
  /** By task, then by PTM. */
  readonly byTask: ReadonlyMap<string, ReadonlyMap<string, OutcomeSummary>>;
  /** Of every task in `byTask`; versions of a task share its name. */
  readonly taskNames: ReadonlyMap<string, string>;
  readonly digest: string;
}

/** By PTM, a map a task; versions of the task itself are not other tasks. */
export function outcomesOnOtherTasks(
  { byTask, taskNames }: OutcomeTable,
  { id, name }: Pick<Task, "id" | "name">,
): ReadonlyMap<string, OutcomeSummary>[] {
  return [...byTask]
    .filter(([other]) => other !== id && taskNames.get(other) !== name)
    .map(([, known]) => known);
}

/** The outcomes of some tasks on the PTMs that have a column, a row a task. */
export function knownRows(
  tasks: readonly ReadonlyMap<string, OutcomeSummary>[],
  columns: ReadonlyMap<string, number>,
): KnownRow[] {
  return tasks.map((task) => {
    const known: number[] = [];
    const values: number[] = [];
    for (const [ptmId, { value }] of task) {
      const column = columns.get(ptmId);
      if (column === undefined) continue;
      known.push(column);
      values.push(value);
    }
    return { known, values };
  });
}

interface SummaryRow extends OutcomeSummary {
  readonly taskId: string;
  readonly taskName: string;
  readonly ptmId: string;
}

/** Keeps the outcome table in memory; loads it again when the counter of `zoo_state` has moved. */
export class OutcomeTables {
  #version: string | undefined;
  #table: Promise<OutcomeTable> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** @param version the counter `zoo_state.outcomes` that the caller has just read */
  async at(version: string): Promise<OutcomeTable> {
    if (this.#table === undefined || this.#version !== version) {
      this.#version = version;
      this.#table = loadOutcomeTable(this.dataSource);
      this.#table.catch(() => (this.#table = undefined));
    }
    return this.#table;
  }
}

async function loadOutcomeTable(dataSource: DataSource): Promise<OutcomeTable> {
  const rows: SummaryRow[] = await dataSource.query(`
    SELECT task_id AS "taskId", task.name AS "taskName", ptm_id AS "ptmId", metric, protocol,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS value, count(*)::int AS count
    FROM outcome JOIN task ON task.id = task_id
    WHERE NOT withdrawn
    GROUP BY task_id, task.name, ptm_id, metric, protocol
    ORDER BY task_id, metric, protocol, ptm_id`);

  const byTask = new Map<string, Map<string, OutcomeSummary>>();
  for (const [taskId, candidates] of groupByTask(rows)) {
    // Where a task was measured in several ways, the one that covers most PTMs says most about the zoo.
    const widest = [...candidates.values()].reduce((best, other) => (other.size > best.size ? other : best));
    byTask.set(taskId, widest);
  }
  return {
    byTask,
    taskNames: new Map(rows.map(({ taskId, taskName }) => [taskId, taskName])),
    digest: sha256(JSON.stringify(rows)),
  };
}

/** By task, then by (metric, protocol), then by PTM. */
function groupByTask(rows: readonly SummaryRow[]): Map<string, Map<string, Map<string, OutcomeSummary>>> {
  const tasks = new Map<string, Map<string, Map<string, OutcomeSummary>>>();
  for (const { taskId, ptmId, metric, protocol, value, count } of rows) {
    const measures = tasks.get(taskId) ?? new Map<string, Map<string, OutcomeSummary>>();
    tasks.set(taskId, measures);
    const measure = `${metric}\n${protocol}`;
    const ptms = measures.get(measure) ?? new Map<string, OutcomeSummary>();
    measures.set(measure, ptms);
    ptms.set(ptmId, { metric, protocol, value, count });
  }
  return tasks;
}
