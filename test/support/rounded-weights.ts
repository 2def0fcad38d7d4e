import { ProtobufReader } from "../../src/engine/onnx/protobuf-reader.js";

const MANTISSA_BITS = 10;
const FLOAT32 = 1;
/** Smaller arrays are constants of operators, not weights. */
const FEWEST_WEIGHTS = 64;

/** A model with its float32 weights rounded to the precision of float16, as a twin of the same training would be stored. */
export function withRoundedWeights(model: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(model);
  const file = new ProtobufReader(copy, { remaining: Infinity });
  while (file.next()) {
    if (file.field !== 7) continue;
    const graph = file.message();
    while (graph.next()) if (graph.field === 5) roundTensor(graph.message());
  }
  return copy;
}

function roundTensor(tensor: ProtobufReader): void {
  let type = 0;
  let raw: Uint8Array | undefined;
  while (tensor.next()) {
    if (tensor.field === 2) type = Number(tensor.integer());
    else if (tensor.field === 9) raw = tensor.bytes();
  }
  if (type !== FLOAT32 || raw === undefined || raw.length < 4 * FEWEST_WEIGHTS) return;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let at = 0; at < raw.length; at += 4) view.setFloat32(at, rounded(view.getFloat32(at, true)), true);
}

function rounded(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - MANTISSA_BITS);
  return Math.round(value / step) * step;
}
