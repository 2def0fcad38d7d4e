import assert from "node:assert/strict";
import { test } from "node:test";

import { staticScores } from "../../../src/engine/ranking/static-ranking.js";
import type { OutcomeSummary, OutcomeTable } from "../../../src/services/ranking/outcome-table.js";
import type { PtmIds } from "../../../src/services/ranking/ptm-ids.js";
import { StaticOrder } from "../../../src/services/ranking/static-order.js";
import { ZooStandings } from "../../../src/services/ranking/zoo-standings.js";
import { fc } from "../../support/properties.js";

const ZOO = ["a", "b", "c", "d", "e", "f", "g", "h"];
const TASKS = ["asked", "asked again", "t1", "t2", "t3"];

/** What ZooStandings reads of ids. */
const idsOf = (zoo: string[]): PtmIds => {
  const ids = {
    positionOf: (id: string) => (zoo.includes(id) ? zoo.indexOf(id) : undefined),
    equals: (other: unknown) => other === ids,
  };
  return ids as unknown as PtmIds;
};
const ptmIds = idsOf(ZOO);
const fewer = idsOf(ZOO.slice(2));

type Outcomes = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A task is called as its id begins: "asked again" is a version of "asked". */
const nameOf = (task: string): string => task.split(" ")[0]!;

function tableOf(tasks: Outcomes, before?: OutcomeTable): OutcomeTable {
  const summary = (value: number): OutcomeSummary => ({
    metric: "accuracy",
    protocol: "LINEAR_PROBE",
    value,
    count: 1,
  });
  const byTask = new Map(
    Object.entries(tasks).map(([task, outcomes]) => {
      const known = new Map(Object.entries(outcomes).map(([ptm, value]) => [ptm, summary(value)]));
      const digest = JSON.stringify([...known]);
      const old = before?.byTask.get(task);
      return [task, old?.digest === digest ? old : { taskName: nameOf(task), known, digest }];
    }),
  );
  return { byTask, digest: "" };
}

const outcomes = fc.dictionary(fc.constantFrom(...ZOO, "gone"), fc.integer({ min: 0, max: 3 }));
const tables = fc.dictionary(fc.constantFrom(...TASKS), outcomes);
const admitted = fc.subarray([...ZOO.keys()], { minLength: 1 }).map((positions) => {
  const bits = new Uint8Array(1);
  for (const position of positions) bits[0]! |= 1 << position;
  return { positions: Int32Array.from(positions), bits };
});

test("the static order is that of the whole zoo's static scores on other tasks, whatever is admitted", async () => {
  await fc.assert(
    fc.asyncProperty(tables, tables, admitted, fc.boolean(), async (earlier, tasks, admitted, isSmaller) => {
      const before = await ZooStandings.of(isSmaller ? fewer : ptmIds, tableOf(earlier));
      const standings = await ZooStandings.of(ptmIds, tableOf(tasks, before.table), before);
      const order = StaticOrder.of(admitted, standings.onOtherTasks({ id: "asked", name: "asked" }));
      const table = Object.entries(tasks)
        .filter(([task]) => nameOf(task) !== "asked")
        .map(([, known]) => ZOO.map((id) => known[id] ?? null));
      const candidates = [...admitted.positions];
      if (candidates.every((position) => table.every((row) => row[position] === null))) {
        assert.equal(order, undefined);
        return;
      }
      const scores = staticScores(table, ZOO.length);
      const best = candidates.toSorted((a, b) => scores[b]! - scores[a]! || a - b);
      best.forEach((position, i) => assert.equal(order?.rank(position), i + 1));
      for (const position of candidates) assert.equal(order?.score(position), scores[position]);
    }),
  );
});
