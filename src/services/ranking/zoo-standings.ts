import { setImmediate } from "node:timers/promises";

import { type MeasuredScores, Standings } from "../../engine/ranking/standings.js";
import { type Standing, standingOfKnown } from "../../engine/ranking/static-ranking.js";
import type { Task } from "../../entities/task.js";
import type { OutcomeTable, TaskOutcomes } from "./outcome-table.js";
import type { PtmIds } from "./ptm-ids.js";

/** Outcomes that are looked at in one turn of the event loop. */
const OUTCOMES_AT_ONCE = 4096;

/**
 * How the PTMs of a zoo stand by their outcomes, by position: kept for all who ask about any task, since each leaves out
 * only what was measured on its own task. The next one takes over the tasks that nothing happened to.
 */
export class ZooStandings {
  /** Which tasks have a name: versions of a task are not other tasks. */
  readonly #byName = new Map<string, number[]>();
  readonly #ids: readonly string[];
  readonly #standings: Standings;

  private constructor(
    private readonly ptmIds: PtmIds,
    readonly table: OutcomeTable,
    private readonly positions: Map<string, number | undefined>,
    private readonly byOutcomes: ReadonlyMap<TaskOutcomes, Standing>,
  ) {
    for (const [task, { taskName }] of [...table.byTask.values()].entries()) {
      const ofName = this.#byName.get(taskName);
      if (ofName === undefined) this.#byName.set(taskName, [task]);
      else ofName.push(task);
    }
    this.#ids = [...table.byTask.keys()];
    this.#standings = new Standings([...byOutcomes.values()]);
  }

  /** @param before of another table or of another state of the zoo */
  static async of(ptmIds: PtmIds, table: OutcomeTable, before?: ZooStandings): Promise<ZooStandings> {
    const ofSamePtms = before?.ptmIds.equals(ptmIds) ? before : undefined;
    if (ofSamePtms?.table === table) return ofSamePtms;
    const positions = ofSamePtms?.positions ?? new Map<string, number | undefined>();
    const positionOf = (ptmId: string): number | undefined => {
      if (!positions.has(ptmId)) positions.set(ptmId, ptmIds.positionOf(ptmId));
      return positions.get(ptmId);
    };
    const byOutcomes = new Map<TaskOutcomes, Standing>();
    let looked = 0;
    for (const [task, outcomes] of [...table.byTask.values()].entries()) {
      const known = ofSamePtms?.byOutcomes.get(outcomes);
      byOutcomes.set(outcomes, known ?? standingOf(outcomes, positionOf, task));
      if (known === undefined) looked += outcomes.known.size;
      if (looked < OUTCOMES_AT_ONCE) continue;
      looked = 0;
      await setImmediate();
    }
    return new ZooStandings(ptmIds, table, positions, byOutcomes);
  }

  /** By outcomes on other tasks than one and its versions. */
  onOtherTasks({ id, name }: Pick<Task, "id" | "name">): MeasuredScores {
    const own = this.#ids.indexOf(id);
    return this.#standings.without([...(own < 0 ? [] : [own]), ...(this.#byName.get(name) ?? [])]);
  }
}

function standingOf(
  { known }: TaskOutcomes,
  positionOf: (ptmId: string) => number | undefined,
  task: number,
): Standing {
  const positions: number[] = [];
  const values: number[] = [];
  for (const [ptmId, { value }] of known) {
    const position = positionOf(ptmId);
    if (position === undefined) continue;
    positions.push(position);
    values.push(value);
  }
  return standingOfKnown({ known: Int32Array.from(positions), values }, task);
}
