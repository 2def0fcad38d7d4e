/**
 * The process that runs one foreign model: started by SandboxProcess, never imported.
 * It reads and writes its pipe synchronously, because ONNX Runtime blocks the event loop anyway; it is ended with SIGKILL when
 * the parent is gone.
 */
import { readSync, rmdirSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import "../no-telemetry.js";
import { InferenceSession, Tensor } from "onnxruntime-node";

import { GraphBuilder } from "../../onnx/graph-builder.js";
import { PREFIX_BYTES, decodePrefix, encodeHeader } from "./frames.js";
import type { OutputHeader, Reply, Request } from "./frames.js";

const PIPE = 3;

/** Longer messages of ONNX Runtime repeat themselves. */
const LONGEST_MESSAGE = 500;

const SESSION = {
  executionProviders: ["cpu"],
  interOpNumThreads: 1,
  logSeverityLevel: 3,
  // Memory patterns lay every batch out anew in fresh pages; without them the second batch reuses the first one's. 6 % of a
  // small network's run.
  enableMemPattern: false,
} as const;

let session: InferenceSession | undefined;
let input = "";
let outputs: readonly string[] = [];

// Where the kernel does not end this process with its parent, a thread does; it costs as much as starting node.
if (process.argv[2] === "lifeline") {
  new Worker(new URL("./lifeline.js", import.meta.url)).once("error", () => process.exit(1));
} else {
  rmdirSync(process.cwd()); // in a folder that is gone nothing can be made
}
await warmUp();
for (;;) {
  const { request, body } = readRequest();
  try {
    if (request.kind === "wake") reply({ kind: "ready" });
    else if (request.kind === "open") await open(request, body);
    else await run(request.shape, body);
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE);
    reply({ kind: "failure", message });
  }
}

/** ONNX Runtime sets itself up with the first graph, 20 ms: a process that waits for a model has that behind it. */
async function warmUp(): Promise<void> {
  const graph = new GraphBuilder("warm-up");
  const only = graph.input("input", "float32", [1]);
  graph.node("Relu", [only], {}, "output");
  graph.output("output", "float32", [1]);
  const first = await InferenceSession.create(graph.finish(), { ...SESSION, intraOpNumThreads: 1 });
  await first.run({ input: new Tensor("float32", Float32Array.of(1), [1]) });
  await first.release();
}

async function open(request: Extract<Request, { kind: "open" }>, model: Uint8Array): Promise<void> {
  ({ input, outputs } = request);
  await session?.release();
  session = await InferenceSession.create(model, { ...SESSION, intraOpNumThreads: request.threads });
  reply({ kind: "ready" });
}

async function run(shape: readonly number[], body: Buffer): Promise<void> {
  if (session === undefined) throw new Error("run before open");
  const values = new Float32Array(body.buffer, body.byteOffset, body.length / Float32Array.BYTES_PER_ELEMENT);
  const results = await session.run({ [input]: new Tensor("float32", values, [...shape]) }, [...outputs]);
  const headers: OutputHeader[] = [];
  const bodies: Uint8Array[] = [];
  for (const name of outputs) {
    const tensor = results[name];
    if (tensor === undefined) throw new Error(`no output ${name}`);
    headers.push({ name, type: tensor.type, shape: tensor.dims });
    if (tensor.data instanceof Float32Array) {
      bodies.push(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
    }
  }
  reply({ kind: "outputs", outputs: headers }, bodies);
}

function readRequest(): { request: Request; body: Buffer } {
  const lengths = decodePrefix(read(PREFIX_BYTES));
  if (lengths === undefined) throw new Error("the parent broke the protocol");
  const request = JSON.parse(read(lengths.headerBytes).toString()) as Request;
  return { request, body: read(lengths.bodyBytes) };
}

/** An ArrayBuffer of its own for each frame, so that a body starts at a multiple of four. */
function read(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let filled = 0; filled < length;) {
    const count = readSync(PIPE, bytes, filled, length - filled, null);
    if (count === 0) process.exit(0); // the parent closed the pipe
    filled += count;
  }
  return bytes;
}

function reply(header: Reply, bodies: readonly Uint8Array[] = []): void {
  let total = 0;
  for (const body of bodies) total += body.byteLength;
  write(encodeHeader(header, total));
  for (const body of bodies) write(body);
}

function write(bytes: Uint8Array): void {
  for (let written = 0; written < bytes.byteLength;) {
    written += writeSync(PIPE, bytes, written, bytes.byteLength - written);
  }
}
