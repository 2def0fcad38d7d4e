import assert from "node:assert/strict";
import { test } from "node:test";

import { LARGEST_SAMPLE, metricSample } from "../../../src/services/tokens/metric-sample.js";

/** Labels of as many samples of each class as given. */
function labelsOf(...sizes: number[]): Int32Array {
  return Int32Array.from(sizes.flatMap((size, label) => Array.from({ length: size }, () => label)));
}

/** How many of each class are drawn. */
function drawn(...sizes: number[]): number[] {
  const labels = labelsOf(...sizes);
  const chosen = metricSample(labels, sizes.length);
  return sizes.map((_, label) => chosen.filter((position) => labels[position] === label).length);
}

test("a task of 3000 samples or fewer is measured whole, however uneven its classes", () => {
  assert.deepEqual(drawn(2990, 10), [2990, 10]);
});

test("of a larger task every class gives at most its equal share", () => {
  assert.deepEqual(drawn(4000, 10, 1200), [1000, 10, 1000]);
});

test("with very many classes each still gives two samples", () => {
  const sizes = drawn(...Array.from({ length: LARGEST_SAMPLE }, () => 3));
  assert.ok(sizes.every((size) => size === 2));
});

test("the same task gives the same samples, in their order", () => {
  const chosen = metricSample(labelsOf(4000, 4000), 2);
  assert.deepEqual(metricSample(labelsOf(4000, 4000), 2), chosen);
  assert.deepEqual(chosen.toSorted(), chosen);
});
