import assert from "node:assert/strict";
import { test } from "node:test";

import { ProtobufReader } from "../../../src/engine/onnx/protobuf-reader.js";
import { ProtobufWriter } from "../../../src/engine/onnx/protobuf-writer.js";
import { fc } from "../../support/properties.js";

const reader = (...bytes: number[]): ProtobufReader =>
  new ProtobufReader(Uint8Array.from(bytes), { remaining: 1000 });

function readAll(message: ProtobufReader): void {
  while (message.next());
}

test("the specification's examples read as it says", () => {
  const varint = reader(0x08, 0x96, 0x01); // protobuf.dev: field 1, 150
  assert.equal(varint.next(), true);
  assert.equal(varint.field, 1);
  assert.equal(varint.integer(), 150n);
  assert.equal(varint.next(), false);

  const text = reader(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67); // field 2, "testing"
  text.next();
  assert.equal(text.text(), "testing");

  const packed = reader(0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05); // field 6, [3, 270, 86942]
  packed.next();
  assert.deepEqual(packed.integers(10), [3n, 270n, 86942n]);
  assert.deepEqual(packed.integers(2), [3n, 270n]);
  assert.equal(packed.countVarints(), 3);
});

test("every 64-bit integer that the writer writes reads back", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.integer({ min: 1, max: 2 ** 29 - 1 }),
      (value, field) => {
        const bytes = new ProtobufWriter().integer(field, value).finish();
        const message = new ProtobufReader(bytes, { remaining: 1 });
        message.next();
        assert.equal(message.field, field);
        assert.equal(message.integer(), value);
      },
    ),
  );
});

test("bytes are views and not copies", () => {
  const content = new ProtobufWriter().bytes(9, Uint8Array.of(1, 2, 3)).finish();
  const message = new ProtobufReader(content, { remaining: 1 });
  message.next();
  assert.equal(message.bytes().buffer, content.buffer);
});

test("random bytes end in a RangeError or in the end, never in anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        readAll(new ProtobufReader(bytes, { remaining: 100 }));
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});

test("malformed messages are refused with the reason", () => {
  assert.throws(() => readAll(reader(0x08)), /a varint cut by the end near byte 1/);
  assert.throws(() => readAll(reader(0x88)), /a tag cut by the end/);
  assert.throws(
    () => readAll(reader(0x08, ...Array<number>(10).fill(0x80))),
    /a varint longer than 10 bytes/,
  );
  assert.throws(() => readAll(reader(0x88, 0x80, 0x80, 0x80, 0x80, 0x01)), /a tag longer than 5 bytes/);
  assert.throws(() => readAll(reader(0xff, 0xff, 0xff, 0xff, 0x7f)), /a tag over 32 bits/);
  assert.throws(() => readAll(reader(0x12, 0x05, 0x00)), /a value of 5 bytes where 1 are left/);
  assert.throws(() => readAll(reader(0x0b, 0x0c)), /wire type 3 \(groups are refused\)/);
  assert.throws(() => readAll(reader(0x02, 0x00)), /field number 0/);
  assert.throws(() => readAll(reader(0x0d, 0x00)), /a value of 4 bytes where 1 are left/);
});

test("texts are UTF-8 of at most 64 KiB", () => {
  const broken = reader(0x0a, 0x01, 0xff);
  broken.next();
  assert.throws(() => broken.text(), /text of field 1 is not UTF-8/);
  const long = new ProtobufReader(new ProtobufWriter().bytes(1, new Uint8Array(65_537)).finish(), {
    remaining: 1,
  });
  long.next();
  assert.throws(() => long.text(), /a text of 65537 bytes/);
});

test("a field with another wire type than asked for is refused", () => {
  const message = reader(0x08, 0x01);
  message.next();
  assert.throws(() => message.bytes(), /wire type 0 in field 1, expected 2/);
});

test("depth and number of fields are bounded", () => {
  let content = new ProtobufWriter();
  for (let depth = 0; depth < 102; depth++) content = new ProtobufWriter().message(1, content);
  let nested = new ProtobufReader(content.finish(), { remaining: 1000 });
  assert.throws(() => {
    for (;;) {
      nested.next();
      nested = nested.message();
    }
  }, /more than 100 nested messages/);
  assert.throws(
    () => readAll(new ProtobufReader(new Uint8Array(100).fill(8), { remaining: 3 })),
    /too many fields/,
  );
});
