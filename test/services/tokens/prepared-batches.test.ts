import assert from "node:assert/strict";
import { test } from "node:test";

import type { LabelledImages } from "../../../src/archives/labelled-images.js";
import { type ImageInput, preprocess } from "../../../src/engine/tokens/preprocess.js";
import { PreparedBatches } from "../../../src/services/tokens/prepared-batches.js";

const input: ImageInput = { layout: "NCHW", height: 3, width: 3, range: [0, 1], mean: 0.5, std: 0.25 };

function samplesOf(seed: number, count = 5, size = 2): LabelledImages {
  const images = Uint8Array.from({ length: count * size * size * 3 }, (_, i) => (i * 7 + seed) % 256);
  return { count, height: size, width: size, images, labels: new Int32Array(count), classNames: ["all"] };
}

test("a batch is what preprocess makes of its images, the first time and again", () => {
  const batches = new PreparedBatches();
  const samples = samplesOf(1);
  const pixels = samples.images.subarray(2 * 12, 5 * 12);
  const { values } = preprocess({ count: 3, height: 2, width: 2, pixels }, input);
  const first = batches.prepare(samples, 2, 5, input);
  assert.deepEqual(first, values);
  assert.equal(batches.prepare(samples, 2, 5, { ...input }), first);
});

test("other samples, other places and other inputs are other batches", () => {
  const batches = new PreparedBatches();
  const samples = samplesOf(1);
  const first = batches.prepare(samples, 0, 2, input);
  for (const other of [
    batches.prepare(samplesOf(2), 0, 2, input),
    batches.prepare(samples, 2, 4, input),
    batches.prepare(samples, 0, 2, { ...input, layout: "NHWC" }),
    batches.prepare(samples, 0, 2, { ...input, mean: [0.5, 0.5, 0.25] }),
    batches.prepare(samples, 0, 2, { ...input, std: 0.5 }),
    batches.prepare(samples, 0, 2, { ...input, range: [-1, 1] }),
  ]) {
    assert.notDeepEqual(other, first);
  }
});

test("a task of which not all fits is kept in no part", () => {
  const batches = new PreparedBatches();
  const large = { ...input, height: 32, width: 32 };
  const samples = samplesOf(1, 12_000, 1);
  assert.notEqual(batches.prepare(samples, 0, 1, large), batches.prepare(samples, 0, 1, large));
});
