import assert from "node:assert/strict";
import { test } from "node:test";

import { uniformStream } from "../../src/engine/random.js";

test("uniformStream gives mulberry32's numbers", () => {
  // From an evaluation of the formula in Python's integers.
  const golden: [seed: number, numbers: number[]][] = [
    [0, [0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]],
    [1, [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]],
    [-5, [0.48384718922898173, 0.05296749505214393, 0.9390332337934524]],
    [2 ** 40 + 3, [0.7202267837710679, 0.03866216051392257, 0.4561921926215291]],
  ];
  for (const [seed, numbers] of golden) {
    const next = uniformStream(seed);
    assert.deepEqual([next(), next(), next()], numbers);
  }
});

test("uniformStream fills [0, 1) evenly", () => {
  const next = uniformStream(42);
  const bins = new Float64Array(10);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(next() * 10)]!++;
  // 100,000 draws: 10,000 a bin, standard deviation 95; five of them either way.
  for (const count of bins) assert.ok(Math.abs(count - 10_000) < 475, `bins ${bins.join(" ")}`);
});

test("uniformStream refuses a seed that is no integer", () => {
  assert.throws(() => uniformStream(1.5), /a seed must be an integer, got 1.5/);
  assert.throws(() => uniformStream(NaN), /got NaN/);
});
