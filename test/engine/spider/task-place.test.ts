import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix } from "../../../src/engine/matrix.js";
import { taskPlace } from "../../../src/engine/spider/task-place.js";
import { RandomSpider } from "../../support/random-spider.js";

const random = new RandomSpider(3);
const parameters = random.parameters(5, 3);

test("a task lies where the mean of its projected centres is", () => {
  const centres = random.matrix(4, 3);
  const place = taskPlace(parameters, centres);
  for (let d = 0; d < 5; d++) {
    let sum = 0;
    for (let c = 0; c < 4; c++) {
      sum += parameters.encoderBias[d]!;
      for (let i = 0; i < 3; i++) sum += parameters.encoderWeight[d * 3 + i]! * centres.values[c * 3 + i]!;
    }
    assert.ok(Math.abs(place[d]! - sum / 4) < 1e-6);
  }
});

test("one centre at the origin lies at the bias", () => {
  assert.deepEqual(taskPlace(parameters, matrix(1, 3, new Float32Array(3))), parameters.encoderBias);
});

test("centres of another width are refused", () => {
  assert.throws(
    () => taskPlace(parameters, matrix(2, 4, new Float32Array(8))),
    new RangeError("taskPlace: the centres must be [C >= 1, 3], got [2, 4]"),
  );
});
