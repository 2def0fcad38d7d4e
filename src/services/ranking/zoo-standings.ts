import { type MeasuredScores, Standings } from "../../engine/ranking/standings.js";
import { type Standing, standingOfKnown } from "../../engine/ranking/static-ranking.js";
import type { Task } from "../../entities/task.js";
import type { OutcomeTable, TaskOutcomes } from "./outcome-table.js";
import type { PtmIds } from "./ptm-ids.js";

/**
 * How the PTMs of a zoo stand by their outcomes, by position: kept for all who ask about any task, since each leaves out
 * only what was measured on its own task. The next table's takes over the tasks that nothing happened to.
 */
export class ZooStandings {
  readonly #positions: Map<string, number | undefined>;
  readonly #byOutcomes = new Map<TaskOutcomes, Standing>();
  /** Which tasks have a name: versions of a task are not other tasks. */
  readonly #byName = new Map<string, number[]>();
  readonly #ids: readonly string[];
  readonly #standings: Standings;

  /** @param before of the same PTMs, from an earlier table */
  constructor(
    private readonly ptmIds: PtmIds,
    readonly table: OutcomeTable,
    before?: ZooStandings,
  ) {
    this.#positions = before === undefined ? new Map() : before.#positions;
    for (const [task, outcomes] of [...table.byTask.values()].entries()) {
      const known = before === undefined ? undefined : before.#byOutcomes.get(outcomes);
      this.#byOutcomes.set(outcomes, known ?? this.#standing(outcomes, task));
      const ofName = this.#byName.get(outcomes.taskName);
      if (ofName === undefined) this.#byName.set(outcomes.taskName, [task]);
      else ofName.push(task);
    }
    this.#ids = [...table.byTask.keys()];
    this.#standings = new Standings([...this.#byOutcomes.values()]);
  }

  /** By outcomes on other tasks than one and its versions. */
  onOtherTasks({ id, name }: Pick<Task, "id" | "name">): MeasuredScores {
    const own = this.#ids.indexOf(id);
    return this.#standings.without([...(own < 0 ? [] : [own]), ...(this.#byName.get(name) ?? [])]);
  }

  #standing({ known }: TaskOutcomes, task: number): Standing {
    const positions: number[] = [];
    const values: number[] = [];
    for (const [ptmId, { value }] of known) {
      const position = this.#positionOf(ptmId);
      if (position === undefined) continue;
      positions.push(position);
      values.push(value);
    }
    return standingOfKnown({ known: Int32Array.from(positions), values }, task);
  }

  #positionOf(ptmId: string): number | undefined {
    if (!this.#positions.has(ptmId)) this.#positions.set(ptmId, this.ptmIds.positionOf(ptmId));
    return this.#positions.get(ptmId);
  }
}
