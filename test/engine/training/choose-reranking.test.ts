import assert from "node:assert/strict";
import { test } from "node:test";

import { MERGE_POLICIES } from "../../../src/engine/ranking/merge-reranked.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { chooseReranking } from "../../../src/engine/training/choose-reranking.js";
import type { TrainingTask } from "../../../src/engine/training/training-set.js";
import { RandomSpider } from "../../support/random-spider.js";

const random = new RandomSpider(3);
const spider = {
  encoder: { id: "encoder", digest: "e".repeat(64) },
  parameters: random.parameters(4, 3),
  ptms: ["a", "b", "c"].map((id) => ({
    id,
    digest: id.repeat(64),
    token: random.values(4),
    projection: random.matrix(4, 2),
    projectionBias: random.values(4),
  })),
};

/** Tasks on which each PTM is the best once in a while, whatever the spider says. */
function tasks(metric?: string): TrainingTask[] {
  return Array.from({ length: 6 }, (_, i) => {
    const target = Float64Array.of(i % 3, (i + 1) % 3, (i + 2) % 3);
    return {
      taskToken: random.matrix(2, 3),
      specificToken: () => random.matrix(2, 2),
      target,
      ...(metric !== undefined && { scores: new Map([[metric, Float32Array.from(target)]]) }),
    };
  });
}

function chosen(validation: readonly TrainingTask[]) {
  const { parameters, ptms } = spider;
  const coarse = validation.map(({ taskToken }) =>
    Float32Array.from(ptms, ({ token }) => fitness(parameters, token, taskToken)),
  );
  return chooseReranking(spider, validation, coarse, MERGE_POLICIES);
}

test("scores are mixed in where that ranks the validation tasks best, and it is said with what weights", () => {
  const { mergePolicy, mergeWeights, rerankTopK } = chosen(tasks("K_NN"));
  // A metric that is the target puts all in order once all are run; a tenth of the fitness cannot turn it.
  assert.deepEqual([mergePolicy, rerankTopK], ["MIXED_WITH_SCORES", 3]);
  assert.deepEqual(mergeWeights, { FITNESS: 0.1, K_NN: 1 });
});

for (const [what, metric] of [
  ["no scores", undefined],
  ["scores by no metric of the mixture", "PARC"],
] as const) {
  test(`tasks with ${what} choose among the other policies`, () => {
    const choice = chosen(tasks(metric));
    assert.notEqual(choice.mergePolicy, "MIXED_WITH_SCORES");
    assert.equal("mergeWeights" in choice, false);
  });
}
