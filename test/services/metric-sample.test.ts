import assert from "node:assert/strict";
import { test } from "node:test";

import type { LabelledImages } from "../../src/archives/labelled-images.js";
import { LARGEST_SAMPLE, metricSample } from "../../src/services/metric-sample.js";

/** One pixel an image, as many of each class as given. */
function samples(...sizes: number[]): LabelledImages {
  const labels = Int32Array.from(sizes.flatMap((size, label) => Array.from({ length: size }, () => label)));
  return {
    count: labels.length,
    height: 1,
    width: 1,
    images: new Uint8Array(3 * labels.length),
    labels,
    classNames: sizes.map(String),
  };
}

function sizesOf({ labels, classNames }: LabelledImages): number[] {
  return classNames.map((_, label) => labels.filter((other) => other === label).length);
}

test("a task of 3000 samples or fewer is measured whole, however uneven its classes", () => {
  assert.deepEqual(sizesOf(metricSample(samples(2990, 10), 10_000)), [2990, 10]);
});

test("of a larger task every class gives at most its equal share", () => {
  assert.deepEqual(sizesOf(metricSample(samples(4000, 10, 1200), 10_000)), [1000, 10, 1000]);
});

test("the configured samples per class hold below that", () => {
  assert.deepEqual(sizesOf(metricSample(samples(20, 5), 8)), [8, 5]);
  assert.deepEqual(sizesOf(metricSample(samples(4000, 50), 100)), [100, 50]);
});

test("with very many classes each still gives two samples", () => {
  const sizes = sizesOf(metricSample(samples(...Array.from({ length: LARGEST_SAMPLE }, () => 3)), 10_000));
  assert.ok(sizes.every((size) => size === 2));
});

test("the same task gives the same samples", () => {
  const task = samples(4000, 4000);
  assert.deepEqual(metricSample(task, 10_000), metricSample(task, 10_000));
});
