import assert from "node:assert/strict";
import { test } from "node:test";

import { readSafetensors, writeSafetensors } from "../../../src/engine/spider/safetensors.js";
import { fc } from "../../support/properties.js";

/** A file with this header (text, or an object to be written as JSON) and so many zero bytes of data. */
function file(header: object | string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (shape: unknown, begin: number, end: number): object => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

test("a safetensors file is read as its format says, worked by hand", () => {
  const bytes = file({ __metadata__: { made: "by hand" }, b: f32([], 8, 12), a: f32([1, 2], 0, 8) }, 12);
  new DataView(bytes.buffer, bytes.length - 12).setFloat32(4, 1.5, true);
  new DataView(bytes.buffer, bytes.length - 12).setFloat32(8, -2, true);
  assert.deepEqual(
    readSafetensors(bytes),
    new Map([
      ["a", { shape: [1, 2], values: Float32Array.of(0, 1.5) }],
      ["b", { shape: [], values: Float32Array.of(-2) }],
    ]),
  );
});

test("tensors come back as they were written, from a file at any offset in memory", () => {
  const tensors = fc.uniqueArray(
    fc.tuple(fc.string(), fc.array(fc.float({ noNaN: true }), { maxLength: 9 })),
    {
      selector: ([name]) => name,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(tensors, fc.nat(7), (list, shift) => {
      const written = new Map(
        list
          .filter(([name]) => name !== "__metadata__" && name !== "__proto__")
          .map(([name, values]) => [name, { shape: [values.length, 1], values: Float32Array.from(values) }]),
      );
      const bytes = writeSafetensors(written);
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      assert.deepEqual(readSafetensors(shifted.subarray(shift)), written);
    }),
  );
});

test("a malformed file is refused with the reason", () => {
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, 100_000_000n, true);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(7), /begins with 8 bytes of length, got 7/],
    [huge, /a header may have 8388608 bytes, this one claims 100000000/],
    [new Uint8Array(8).fill(0xff), /this one claims 18446744073709551615/],
    [file("{}", 0).fill(200, 0, 1), /the header claims 200 bytes, the file has 10/],
    [file("{", 0), /must be JSON in UTF-8/],
    [file("[]", 0), /must be a JSON object/],
    [file({ a: null }, 0), /a must have dtype F32, got undefined/],
    [file({ a: { ...f32([1], 0, 4), dtype: "F64" } }, 8), /a must have dtype F32, got "F64"/],
    [file({ a: f32([-1], 0, 4) }, 4), /a shape of integers >= 0, got \[-1\]/],
    [file({ a: f32("1", 0, 4) }, 4), /a shape of integers >= 0, got "1"/],
    [file({ a: f32([1], 4, 0) }, 4), /data_offsets \[begin, end\], got \[4,0\]/],
    [file({ a: f32([2], 0, 4) }, 4), /a \[2\] needs 8 bytes, got 4/],
    // 2^32 * 2^32 wraps around to 0 in 64 bits
    [
      file({ a: f32([2 ** 32, 2 ** 32], 0, 0) }, 0),
      /a \[4294967296, 4294967296\] needs 7378697629483\d+ bytes, got 0/,
    ],
    [file({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), /b must begin at byte 8 but overlaps/],
    [file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /b must begin at byte 4 but leaves a gap/],
    [file({ a: f32([4], 0, 16) }, 12), /a ends at byte 16 of 12/],
    [file({ a: f32([1], 0, 4) }, 12), /tensors end at byte 4 but 12 bytes of data came/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => readSafetensors(bytes), { name: "RangeError", message });
  }
  assert.throws(
    () => writeSafetensors(new Map([["a", { shape: [2], values: new Float32Array(3) }]])),
    /a \[2\] cannot hold 3 values/,
  );
  const longName = new Map([["a".repeat(9_000_000), { shape: [0], values: new Float32Array(0) }]]);
  assert.throws(
    () => writeSafetensors(longName),
    /a header may have 8388608 bytes, 1 tensors need 90000\d\d/,
  );
});
