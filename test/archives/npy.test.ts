import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { DEFAULT_ARCHIVE_LIMITS } from "../../src/archives/archive-limits.js";
import { parseNpy, type NpyArray } from "../../src/archives/npy.js";
import { readNpz } from "../../src/archives/npz.js";
import { DomainError } from "../../src/errors.js";
import { npyBytes, utf32 } from "../support/npy-bytes.js";
import { repositoryRoot } from "../support/paths.js";
import { fc } from "../support/properties.js";

const GOLDEN = new URL("test/refs/archives/", repositoryRoot);

function refused(bytes: Buffer<ArrayBuffer>, message: RegExp): void {
  assert.throws(
    () => parseNpy(bytes, "x"),
    (error) => error instanceof DomainError && error.code === "BAD_USER_INPUT" && message.test(error.message),
  );
}

function numbers(array: NpyArray): (number | string)[] {
  return Array.from<number | bigint | string, number | string>(array.values, (value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
}

// Worked by hand

test("parseNpy reads all three header versions", () => {
  for (const version of [1, 2, 3] as const) {
    const array = parseNpy(npyBytes("<f4", [2], Float32Array.of(1.5, -2), { version }), "x");
    assert.deepEqual(array, { kind: "floats", dtype: "f4", shape: [2], values: Float32Array.of(1.5, -2) });
  }
});

test("parseNpy turns Fortran order into row-major order", () => {
  // [[1, 2, 3], [4, 5, 6]] lies column by column
  const array = parseNpy(
    npyBytes("|u1", [2, 3], Uint8Array.of(1, 4, 2, 5, 3, 6), { fortranOrder: true }),
    "x",
  );
  assert.deepEqual(array.values, Uint8Array.of(1, 2, 3, 4, 5, 6));
});

test("parseNpy turns big endian into this machine's order and leaves its input as it was", () => {
  const bytes = npyBytes(">i2", [2], Uint8Array.of(1, 2, 0xff, 0xfe));
  const before = Buffer.from(bytes);
  assert.deepEqual(parseNpy(bytes, "x").values, Int16Array.of(258, -2));
  assert.deepEqual(bytes, before);
});

test("parseNpy reads texts without their padding", () => {
  const array = parseNpy(npyBytes("<U3", [3], utf32(["a", "", "b🌸c"], 3)), "x");
  assert.deepEqual(array, { kind: "texts", dtype: "U3", shape: [3], values: ["a", "", "b🌸c"] });
});

test("parseNpy takes the header's keys in any order", () => {
  const header = `{"shape": (1,), "descr": "<u2", "fortran_order": False}`;
  assert.deepEqual(parseNpy(npyBytes("", [], Uint16Array.of(9), { header }), "x").values, Uint16Array.of(9));
});

test("parseNpy reads elements that lie at an odd position in memory", () => {
  const whole = new Uint8Array(200);
  const bytes = npyBytes("<f8", [1], Float64Array.of(0.1));
  whole.set(bytes, 3);
  assert.deepEqual(parseNpy(whole.subarray(3, 3 + bytes.length), "x").values, Float64Array.of(0.1));
});

// Golden values

test("readNpz reads what numpy wrote: every number type, byte order and memory order", async () => {
  const golden = JSON.parse(await readFile(new URL("expected.json", GOLDEN), "utf8"));
  for (const file of ["task", "arrays"]) {
    const arrays = await readNpz(fileURLToPath(new URL(`${file}.npz`, GOLDEN)), DEFAULT_ARCHIVE_LIMITS);
    assert.deepEqual([...arrays.keys()].sort(), Object.keys(golden[file]).sort());
    for (const [name, array] of arrays) {
      assert.deepEqual(array.shape, golden[file][name].shape, name);
      assert.deepEqual(numbers(array), golden[file][name].values, name);
    }
  }
});

test("readNpz leaves arrays unread that were not asked for, as numpy.load does", async () => {
  const path = fileURLToPath(new URL("objects.npz", GOLDEN));
  const arrays = await readNpz(path, DEFAULT_ARCHIVE_LIMITS, ["labels", "class_names"]);
  assert.deepEqual([...arrays.keys()], ["labels"]);
  await assert.rejects(readNpz(path, DEFAULT_ARCHIVE_LIMITS), /"images" holds Python objects/);
});

// Properties

test("parseNpy gives the same array for both memory orders and both byte orders", () => {
  const cases = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const count = shape.reduce((product, length) => product * length, 1);
    return fc.record({
      shape: fc.constant(shape),
      values: fc.int32Array({ minLength: count, maxLength: count }),
    });
  });
  fc.assert(
    fc.property(cases, ({ shape, values }) => {
      // Fortran order of a shape is row-major order of the reversed shape with reversed indices.
      const columnMajor = new Int32Array(values.length);
      for (let i = 0; i < values.length; i++) {
        let rest = i;
        let position = 0;
        const index = shape.toReversed().map((length) => {
          const at = rest % length;
          rest = (rest - at) / length;
          return at;
        });
        for (const [axis, at] of index.entries()) position = position * shape.at(-1 - axis)! + at;
        columnMajor[position] = values[i]!;
      }
      const swapped = Buffer.from(values.slice().buffer).swap32();
      assert.deepEqual(parseNpy(npyBytes("<i4", shape, values), "x").values, values);
      assert.deepEqual(parseNpy(npyBytes(">i4", shape, swapped), "x").values, values);
      const fortran = npyBytes("<i4", shape, columnMajor, { fortranOrder: true });
      assert.deepEqual(parseNpy(fortran, "x").values, values);
    }),
    { numRuns: 100 },
  );
});

test("parseNpy answers any damage with an array or a DomainError", () => {
  const sound = npyBytes("<U2", [2, 2], utf32(["a", "b", "c", "d"], 2), { fortranOrder: true });
  const damage = fc.array(fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(damage, fc.oneof(fc.constant(sound.length), fc.nat(sound.length)), (changes, length) => {
      const bytes = Buffer.from(sound);
      for (const { at, byte } of changes) bytes[at] = byte;
      try {
        parseNpy(bytes.subarray(0, length), "x");
      } catch (error) {
        assert(error instanceof DomainError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

// Abuse

test("parseNpy refuses objects and structures and says what to do", () => {
  refused(npyBytes("|O", [1], Uint8Array.of(0x80, 4, 0x2e)), /Python objects.*never done.*astype/);
  const header = `{'descr': [('a', '<i4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }`;
  refused(npyBytes("", [], Uint8Array.of(1), { header }), /structured array/);
});

test("parseNpy refuses types that it does not read", () => {
  for (const descr of ["<f2", "<c8", "|b1", "|S4", "<M8[ns]", "|V4", "<U0", "<i3"]) {
    refused(npyBytes(descr, [0], new Uint8Array()), /has dtype/);
  }
});

test("parseNpy refuses shapes beyond what can be counted", () => {
  refused(npyBytes("<f4", [2 ** 40, 2 ** 40], new Uint8Array()), /impossible shape/);
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }`;
  refused(npyBytes("", [], new Uint8Array(), { header }), /impossible shape/);
  refused(npyBytes("|u1", Array<number>(65).fill(1), Uint8Array.of(1)), /impossible shape/);
});

test("parseNpy refuses a length that does not fit the shape", () => {
  refused(npyBytes("<f4", [3], Float32Array.of(1, 2)), /takes 12 bytes; got 8/);
  refused(npyBytes("<f4", [1], Float32Array.of(1, 2)), /takes 4 bytes; got 8/);
});

test("parseNpy refuses what is not .npy", () => {
  refused(Buffer.from(new Uint8Array([0x80, 4, 0x95, 0])), /begins with 80 04 95 00/);
  refused(Buffer.from(new Uint8Array()), /begins with nothing/);
  const bytes = npyBytes("<f4", [1], Float32Array.of(1));
  refused(Buffer.from(new Uint8Array(bytes.subarray(0, 11))), /cut off/);
  refused(Buffer.from(new Uint8Array(bytes.subarray(0, 40))), /cut off/);
  bytes.writeUInt8(4, 6);
  refused(bytes, /version 4/);
});

test("parseNpy evaluates nothing in a header", () => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': __import__('os')}`;
  refused(npyBytes("", [], Float32Array.of(1), { header }), /expected descr, fortran_order and shape/);
  refused(npyBytes("", [], Float32Array.of(1), { header: " ".repeat(20_000) }), /at most 10000/);
});

test("parseNpy refuses numbers that are no code point", () => {
  refused(npyBytes("<U1", [1], Uint32Array.of(0x110000)), /no Unicode code point/);
});
