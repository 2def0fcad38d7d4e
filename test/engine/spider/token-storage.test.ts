import assert from "node:assert/strict";
import { test } from "node:test";

import { readTokens, storeTokens } from "../../../src/engine/spider/token-storage.js";
import { fc } from "../../support/properties.js";

test("float16 bits are those of IEEE 754: worked by hand", () => {
  // Values and bits from the standard's own definition; the ties are half a unit of the last place.
  const cases: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // a tie: to the even zero
    [3 * 2 ** -25, 0x0002], // a tie: to the even two
    [1 + 2 ** -11, 0x3c00], // a tie: to the even significand
    [1 + 3 * 2 ** -11, 0x3c02],
    [0.1, 0x2e66],
    [1023.9999 * 2 ** -24, 0x0400], // rounding up leaves the subnormals
  ];
  const stored = storeTokens(
    Float32Array.from(cases, ([value]) => value),
    1,
    "float16",
  );
  assert.deepEqual(
    [...stored.values],
    cases.map(([, bits]) => bits),
  );
});

test("float16 keeps what it can hold, and errs by half a unit at most elsewhere", () => {
  fc.assert(
    fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
      const once = readTokens(storeTokens(Float32Array.of(value), 1, "float16"), 0, 1);
      const unit = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10));
      assert.ok(Math.abs(once[0]! - value) <= unit / 2, `${value} became ${once[0]}`);
      assert.deepEqual(readTokens(storeTokens(once, 1, "float16"), 0, 1), once);
    }),
  );
});

test("int8 errs by half a step of its own row at most", () => {
  const rows = fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(rows, (values) => {
      const tokens = Float32Array.from(values);
      const stored = storeTokens(tokens, 3, "int8");
      readTokens(stored, 0, 2).forEach((value, i) => {
        const step = stored.scales[Math.floor(i / 3)]!;
        assert.ok(Math.abs(value - tokens[i]!) <= step * 0.5001, `${tokens[i]} became ${value}`);
      });
    }),
  );
});

test("a row of zeros stays zero in int8, and rows in the middle are read with their own scale", () => {
  const tokens = Float32Array.of(0, 0, 127, -127, 1, -2);
  const stored = storeTokens(tokens, 2, "int8");
  assert.deepEqual([...readTokens(stored, 0, 2)], [0, 0, 127, -127]);
  assert.ok(Math.abs(readTokens(stored, 2, 3)[0]! - 1) < 0.01);
});

test("float32 is kept as it is", () => {
  const tokens = Float32Array.of(1, 2);
  assert.equal(storeTokens(tokens, 2, "float32").values, tokens);
});

test("a value beyond float16 is refused with its size", () => {
  assert.throws(() => storeTokens(Float32Array.of(70000), 1, "float16"), /within \+-65504, got 70000/);
});
