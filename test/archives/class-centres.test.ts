import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULT_ARCHIVE_LIMITS } from "../../src/archives/archive-limits.js";
import { classCentres } from "../../src/archives/class-centres.js";
import { DomainError } from "../../src/errors.js";

test("classCentres makes a private task of plain values", () => {
  const made = classCentres(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    ["cat", "dog"],
    DEFAULT_ARCHIVE_LIMITS,
  );
  assert.deepEqual(made.centres, { rows: 2, columns: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6) });
  assert.deepEqual(made.classNames, ["cat", "dog"]);
});

test("classCentres counts classes that have no names", () => {
  assert.deepEqual(classCentres([[1], [2], [3]], null, DEFAULT_ARCHIVE_LIMITS).classNames, ["0", "1", "2"]);
});

test("classCentres refuses rows of unequal width and names that do not fit", () => {
  const refused = (rows: number[][], names: string[] | null, message: RegExp): void => {
    assert.throws(
      () => classCentres(rows, names, DEFAULT_ARCHIVE_LIMITS),
      (error) => error instanceof DomainError && message.test(error.message),
    );
  };
  refused([[1, 2], [3]], null, /centre 1 has 1 dimensions, but centre 0 has 2/);
  refused([[1], [2]], ["a", "b", "c"], /each of the 2 class centres, got 3 names/);
  refused([[1], [2]], ["a", "a"], /"a" is there twice/);
  refused([[1], [NaN]], null, /got NaN in centre 1/);
  refused([], null, /at least 2 classes, got none/);
});
