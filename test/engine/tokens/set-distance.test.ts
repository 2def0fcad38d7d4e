import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { type Matrix, matrix } from "../../../src/engine/matrix.js";
import { setDistance, setDistances } from "../../../src/engine/tokens/set-distance.js";
import { fc } from "../../support/properties.js";

const WIDTH = 3;
const set = (...rows: readonly (readonly number[])[]): Matrix =>
  matrix(rows.length, rows[0]!.length, Float32Array.from(rows.flat()));

function drawnSet(minimum: number, maximum: number): fc.Arbitrary<Matrix> {
  const row = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: WIDTH, maxLength: WIDTH });
  return fc.array(row, { minLength: minimum, maxLength: maximum }).map((rows) => set(...rows));
}

/** The earth mover's distance of two sets of equally many points: the cheapest assignment, every one tried. */
function earthMover(a: Matrix, b: Matrix): number {
  const way = (i: number, j: number): number =>
    Math.hypot(
      ...Array.from({ length: WIDTH }, (_, d) => a.values[i * WIDTH + d]! - b.values[j * WIDTH + d]!),
    );
  const cheapest = (i: number, left: readonly number[]): number =>
    i === a.rows
      ? 0
      : Math.min(
          ...left.map(
            (j) =>
              way(i, j) / a.rows +
              cheapest(
                i + 1,
                left.filter((other) => other !== j),
              ),
          ),
        );
  return cheapest(
    0,
    Array.from({ length: b.rows }, (_, j) => j),
  );
}

describe("setDistance", () => {
  test("is the mean way to the nearest in the farther direction, worked by hand", () => {
    const a = set([0, 0], [4, 0]);
    const b = set([0, 3], [4, 0], [4, 5], [4, 0]);
    // From a: 3 and 0, in the mean 1.5. From b: 3, 0, 5 and 0.
    assert.equal(setDistance(a, b), 2);
    assert.equal(setDistance(b, a), 2);
    assert.equal(setDistance(a, set([4, 0], [0, 0], [0, 0])), 0);
  });

  test("from one set to many is the same in one product", async () => {
    await fc.assert(
      fc.asyncProperty(
        drawnSet(1, 5),
        fc.array(drawnSet(1, 5), { minLength: 1, maxLength: 4 }),
        async (one, others) => {
          const distances = await setDistances(one, others);
          for (const [i, other] of others.entries()) {
            const expected = setDistance(one, other);
            assert.ok(Math.abs(distances[i]! - expected) < 1e-6, `${distances[i]}, expected ${expected}`);
          }
        },
      ),
    );
  });

  test("never exceeds the earth mover's distance between the sets", () => {
    const pairs = fc
      .integer({ min: 1, max: 5 })
      .chain((size) => fc.tuple(drawnSet(size, size), drawnSet(size, size)));
    fc.assert(fc.property(pairs, ([a, b]) => assert.ok(setDistance(a, b) <= earthMover(a, b) + 1e-9)));
  });

  test("refuses empty sets and sets of other widths", async () => {
    const empty = matrix(0, 2, new Float32Array());
    assert.throws(() => setDistance(set([1, 2]), empty), /sets must be \[C >= 1, 2\], got \[0, 2\]/);
    await assert.rejects(setDistances(set([1, 2]), [set([1])]), /got \[1, 1\]/);
  });
});
