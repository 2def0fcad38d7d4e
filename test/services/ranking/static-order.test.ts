import assert from "node:assert/strict";
import { test } from "node:test";

import { staticScores } from "../../../src/engine/ranking/static-ranking.js";
import type { OutcomeSummary, OutcomeTable } from "../../../src/services/ranking/outcome-table.js";
import { StaticOrder } from "../../../src/services/ranking/static-order.js";
import type { ZooIndex } from "../../../src/services/ranking/zoo-index.js";
import { fc } from "../../support/properties.js";

/** What StaticOrder reads of an index: ids in order and where each is. */
function zooOf(ptmIds: string[]): ZooIndex {
  const positionOf = (id: string): number | undefined => {
    const position = ptmIds.indexOf(id);
    return position < 0 ? undefined : position;
  };
  return { ptmIds, positionOf } as unknown as ZooIndex;
}

function tableOf(tasks: Record<string, Record<string, number>>): OutcomeTable {
  const summary = (value: number): OutcomeSummary => ({
    metric: "accuracy",
    protocol: "LINEAR_PROBE",
    value,
    count: 1,
  });
  const byTask = new Map(
    Object.entries(tasks).map(([task, outcomes]) => [
      task,
      new Map(Object.entries(outcomes).map(([ptm, value]) => [ptm, summary(value)])),
    ]),
  );
  return { byTask, taskNames: new Map([...byTask.keys()].map((task) => [task, task])), digest: "" };
}

test("the order kept for known PTMs alone is the order of the whole zoo's static scores", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const outcomes = fc.dictionary(fc.constantFrom(...ids, "gone"), fc.integer({ min: 0, max: 3 }));
  const tasks = fc.dictionary(fc.constantFrom("asked", "t1", "t2", "t3"), outcomes);
  const admitted = fc.subarray([...ids.keys()], { minLength: 1 });
  fc.assert(
    fc.property(tasks, admitted, (tasks, admitted) => {
      const candidates = Int32Array.from(admitted);
      const order = StaticOrder.of(zooOf(ids), candidates, tableOf(tasks), {
        id: "asked",
        name: "asked",
      });
      const table = Object.entries(tasks)
        .filter(([task]) => task !== "asked")
        .map(([, known]) => admitted.map((position) => known[ids[position]!] ?? null));
      if (table.every((row) => row.every((value) => value === null))) {
        assert.equal(order, undefined);
        return;
      }
      const scores = staticScores(table, admitted.length);
      const best = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
      best.forEach((candidate, i) => assert.equal(order?.rank(candidate), i + 1));
      scores.forEach((score, candidate) => assert.equal(order?.score(candidate), score));
    }),
  );
});
