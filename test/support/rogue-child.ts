/** Stands in for a child whose model took it over: the request's `input` says how it misbehaves. */
import { readSync, writeSync } from "node:fs";

import { PREFIX_BYTES, decodePrefix, encodeHeader } from "../../src/engine/runtime/sandbox/frames.js";

const PIPE = 3;
const prefix = Buffer.alloc(PREFIX_BYTES);
readSync(PIPE, prefix);
const header = Buffer.alloc(decodePrefix(prefix)?.headerBytes ?? 0);
readSync(PIPE, header);
const { input } = JSON.parse(header.toString()) as { input: string };

const ready = encodeHeader({ kind: "ready" }, 0);
switch (input) {
  case "garbage":
    writeSync(PIPE, Buffer.alloc(64, 0xff));
    break;
  case "endless output":
    writeSync(PIPE, encodeHeader({ kind: "ready" }, 2 ** 50));
    for (;;) writeSync(PIPE, Buffer.alloc(1024 ** 2));
  case "endless header":
    ready.writeUInt32LE(2 ** 32 - 1, 4);
    writeSync(PIPE, ready);
    for (;;) writeSync(PIPE, Buffer.alloc(1024 ** 2));
  case "no JSON":
    ready.fill("x", PREFIX_BYTES);
    writeSync(PIPE, ready);
    break;
  case "more than asked":
    writeSync(PIPE, Buffer.concat([ready, ready]));
    break;
  case "endless last words":
    for (;;) writeSync(2, Buffer.alloc(1024 ** 2, "a"));
  case "early end":
    process.exit(7);
}
setInterval(() => undefined, 1000);
