import assert from "node:assert/strict";
import { test } from "node:test";

import { matrix, requireFinite } from "../../src/engine/matrix.js";

test("matrix refuses values that do not fill its shape", () => {
  assert.throws(() => matrix(2, 3, new Float32Array(5)), /2 x 3 needs 6 values, got 5/);
});

test("requireFinite names the first value that is not finite", () => {
  assert.throws(() => requireFinite("leep", Float32Array.of(1, NaN)), /leep: .* got NaN at index 1/);
});
