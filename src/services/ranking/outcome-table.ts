import type { DataSource } from "typeorm";

import type { OutcomeProtocol } from "../../entities/outcome.js";
import { sha256 } from "../digest.js";

/** What was measured for a (PTM, task) pair: the median over seeds and splits. */
export interface OutcomeSummary {
  readonly metric: string;
  readonly protocol: OutcomeProtocol;
  readonly value: number;
  /** How many measurements the median is over. */
  readonly count: number;
}

/** The outcomes that count on one task. */
export interface TaskOutcomes {
  /** Versions of a task share it. */
  readonly taskName: string;
  /** By PTM, of one metric and protocol, so that values can be compared. */
  readonly known: ReadonlyMap<string, OutcomeSummary>;
  /** Of everything that was measured on the task, also in other ways. */
  readonly digest: string;
}

/** All outcomes. Tables share the parts of tasks that nothing happened to. */
export interface OutcomeTable {
  readonly byTask: ReadonlyMap<string, TaskOutcomes>;
  readonly digest: string;
}

interface SummaryRow extends OutcomeSummary {
  readonly taskId: string;
  readonly taskName: string;
  readonly ptmId: string;
}

/** A table and the counter that it is at least as new as. */
interface Held {
  readonly version: bigint;
  readonly table: Promise<OutcomeTable>;
}

/**
 * Keeps the outcome table in memory. When the counter of `zoo_state` has moved, the tasks that `outcome_change` notes under
 * larger numbers are read again, and nothing else.
 */
export class OutcomeTables {
  #held: Held | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /**
   * A table that holds at least what was committed when the counter was read.
   *
   * @param version the counter `zoo_state.outcomes` that the caller has just read
   */
  async at(version: string): Promise<OutcomeTable> {
    const wanted = BigInt(version);
    const before = this.#held;
    if (before !== undefined && before.version >= wanted) return before.table;
    const held: Held = { version: wanted, table: this.#after(before) };
    this.#held = held;
    held.table.catch(() => {
      if (this.#held === held) this.#held = before;
    });
    return held.table;
  }

  async #after(before: Held | undefined): Promise<OutcomeTable> {
    const table = await before?.table.catch(() => undefined);
    if (table === undefined) return tableOf(await readOutcomes(this.dataSource));
    const changed: { id: string }[] = await this.dataSource.query(
      `SELECT task_id AS id FROM outcome_change WHERE version > $1`,
      [String(before!.version)],
    );
    const ids = changed.map(({ id }) => id);
    const byTask = new Map(table.byTask);
    for (const id of ids) byTask.delete(id);
    for (const [id, outcomes] of await readOutcomes(this.dataSource, ids)) byTask.set(id, outcomes);
    return tableOf(byTask);
  }
}

/** @param taskIds of all tasks if absent */
async function readOutcomes(
  dataSource: DataSource,
  taskIds?: readonly string[],
): Promise<Map<string, TaskOutcomes>> {
  const rows: SummaryRow[] = await dataSource.query(
    `SELECT task_id AS "taskId", task.name AS "taskName", ptm_id AS "ptmId", metric, protocol,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS value, count(*)::int AS count
     FROM outcome JOIN task ON task.id = task_id
     WHERE NOT withdrawn ${taskIds === undefined ? "" : "AND task_id = ANY($1)"}
     GROUP BY task_id, task.name, ptm_id, metric, protocol
     ORDER BY task_id, metric, protocol, ptm_id`,
    taskIds === undefined ? [] : [taskIds],
  );
  const byTask = new Map<string, TaskOutcomes>();
  for (const [taskId, rowsOfTask] of grouped(rows, ({ taskId }) => taskId)) {
    const ways = grouped(rowsOfTask, ({ metric, protocol }) => `${metric}\n${protocol}`);
    // Where a task was measured in several ways, the one that covers most PTMs says most about the zoo.
    const widest = [...ways.values()].reduce((best, other) => (other.length > best.length ? other : best));
    byTask.set(taskId, {
      taskName: rowsOfTask[0]!.taskName,
      known: new Map(
        widest.map(({ ptmId, metric, protocol, value, count }) => [
          ptmId,
          { metric, protocol, value, count },
        ]),
      ),
      digest: sha256(JSON.stringify(rowsOfTask)),
    });
  }
  return byTask;
}

/** In the order of task ids, however it came to be. */
function tableOf(byTask: ReadonlyMap<string, TaskOutcomes>): OutcomeTable {
  const tasks = [...byTask].sort(([a], [b]) => (a < b ? -1 : 1));
  return { byTask: new Map(tasks), digest: sha256(...tasks.map(([, { digest }]) => digest)) };
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
