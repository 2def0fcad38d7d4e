import assert from "node:assert/strict";
import { test } from "node:test";

import { doubleMatrix } from "../../../src/engine/linalg/double-matrix.js";
import { uniformStream } from "../../../src/engine/random.js";
import { kMeans } from "../../../src/engine/transferability/k-means.js";

test("kMeans finds two far groups from any seed", async () => {
  const points = doubleMatrix(6, 1, Float64Array.of(0, 10, 1, 11, 2, 12));
  for (let seed = 0; seed < 20; seed++) {
    const clusters = await kMeans(points, 2, seed);
    assert.deepEqual(
      Array.from(clusters, (k) => (k === clusters[0] ? 0 : 1)),
      [0, 1, 0, 1, 0, 1],
    );
  }
});

test("kMeans is a pure function of points and seed", async () => {
  const uniform = uniformStream(5);
  const points = doubleMatrix(200, 3, Float64Array.from({ length: 600 }, uniform));
  assert.deepEqual(await kMeans(points, 17, 1), await kMeans(points, 17, 1));
  assert.notDeepEqual(await kMeans(points, 17, 1), await kMeans(points, 17, 2));
});

test("kMeans leaves every point with its nearest centre, and no cluster empty", async () => {
  const uniform = uniformStream(6);
  const points = doubleMatrix(120, 2, Float64Array.from({ length: 240 }, uniform));
  const clusters = await kMeans(points, 12, 3);
  const centres = Array.from({ length: 12 }, (_, k) => {
    const own = Array.from(clusters.keys()).filter((i) => clusters[i] === k);
    assert.ok(own.length > 0, `cluster ${k} is empty`);
    return [0, 1].map((d) => own.reduce((sum, i) => sum + points.values[i * 2 + d]!, 0) / own.length);
  });
  clusters.forEach((cluster, i) => {
    const distances = centres.map((c) =>
      Math.hypot(points.values[2 * i]! - c[0]!, points.values[2 * i + 1]! - c[1]!),
    );
    assert.ok(distances[cluster]! <= Math.min(...distances) + 1e-12);
  });
});

test("kMeans accepts more clusters than different points", async () => {
  const clusters = await kMeans(doubleMatrix(4, 2, new Float64Array(8).fill(3)), 3, 0);
  assert.ok(clusters.every((k) => k >= 0 && k < 3));
});

test("kMeans refuses a count of clusters that the points cannot fill", async () => {
  const points = doubleMatrix(4, 1, Float64Array.of(1, 2, 3, 4));
  await assert.rejects(kMeans(points, 5, 0), /kMeans: clusterCount must be an integer in \[1, 4\], got 5/);
  await assert.rejects(kMeans(points, 0, 0), /kMeans: clusterCount must be an integer in \[1, 4\], got 0/);
});
