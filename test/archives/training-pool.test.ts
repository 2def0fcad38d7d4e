import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";

import { DEFAULT_ARCHIVE_LIMITS } from "../../src/archives/archive-limits.js";
import { readTrainingPool } from "../../src/archives/training-pool.js";
import { npyBytes, utf32 } from "../support/npy-bytes.js";
import { temporaryFile } from "../support/temporary-file.js";
import { honestZip } from "../support/zip-bytes.js";

/** 3 samples of 2 classes, an encoder of 2 features, 1 PTM of 3 features, 2 tasks scored by 1 metric. */
const arrays = {
  labels: npyBytes("<i4", [3], Int32Array.of(0, 1, 1)),
  sources: npyBytes("<i4", [3], Int32Array.of(0, 0, 0)),
  encoder: npyBytes("<U2", [2], utf32(["ge", "ab"], 2)),
  "encoder.codes": npyBytes("|u1", [3, 2], Uint8Array.of(0, 1, 2, 3, 255, 4)),
  "encoder.low": npyBytes("<f4", [2], Float32Array.of(-1, 10)),
  "encoder.step": npyBytes("<f4", [2], Float32Array.of(0.5, 0)),
  ptms: npyBytes("<U1", [1], utf32(["p"], 1)),
  sha256: npyBytes("<U2", [1], utf32(["cd"], 2)),
  "p.centres": npyBytes("<f4", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
  "p.mean": npyBytes("<f8", [3], Float64Array.of(1, 2, 3)),
  "p.inverse_deviation": npyBytes("<f8", [3], Float64Array.of(4, 5, 6)),
  seed: npyBytes("<i4", [1], Int32Array.of(7)),
  metrics: npyBytes("<U4", [1], utf32(["K_NN"], 4)),
  scores: npyBytes("<f4", [2, 1, 1], Float32Array.of(0.5, -Infinity)),
};

async function read(t: TestContext, changed: Record<string, Buffer | undefined> = {}) {
  const entries: Record<string, Uint8Array> = {};
  for (const [name, bytes] of Object.entries({ ...arrays, ...changed })) {
    if (bytes !== undefined) entries[`${name}.npy`] = bytes;
  }
  const zip = await honestZip(entries);
  return readTrainingPool(await temporaryFile(t, zip), DEFAULT_ARCHIVE_LIMITS);
}

test("a training pool is read, encoder features from their codes", async (t) => {
  const pool = await read(t);
  assert.deepEqual(pool.encoder, { id: "ge", digest: "ab" });
  assert.deepEqual([...pool.encoderFeatures.values], [-1, 10, 0, 10, 126.5, 10]);
  assert.deepEqual([...pool.labels.labels], [0, 1, 1]);
  const [ptm] = pool.ptms;
  assert.deepEqual([ptm?.id, ptm?.digest], ["p", "cd"]);
  assert.deepEqual([...ptm!.classCentres.values], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...ptm!.scaling.inverseDeviation], [4, 5, 6]);
  assert.deepEqual([pool.seed, pool.metrics, [...pool.scores]], [7, ["K_NN"], [0.5, -Infinity]]);
});

test("a training pool with a missing or misshapen array is refused by the array's name", async (t) => {
  await assert.rejects(read(t, { "p.centres": undefined }), /needs an array "p\.centres": f4 .* got none/);
  await assert.rejects(
    read(t, { "p.mean": npyBytes("<f8", [2], Float64Array.of(1, 2)) }),
    /needs an array "p\.mean": f8 of shape \[3\]; got f8 of shape \[2\]/,
  );
  await assert.rejects(
    read(t, { scores: npyBytes("<f4", [2, 2, 1], new Float32Array(4)) }),
    /needs an array "scores": f4 of shape \[any, 1, 1\]; got f4 of shape \[2, 2, 1\]/,
  );
});
