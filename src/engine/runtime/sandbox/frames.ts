/**
 * What parent and child say to each other over one pipe. A frame is
 *
 *     magic u32 | header bytes u32 | body bytes u64 | header: JSON | body: raw, little-endian
 *
 * Numbers of tensors and models travel in the body, never as JSON. The parent asks, the child gives one answer.
 */
export type Request =
  | { readonly kind: "wake" }
  | {
      readonly kind: "open";
      readonly input: string;
      readonly outputs: readonly string[];
      readonly threads: number;
    }
  | { readonly kind: "run"; readonly shape: readonly number[] };

export interface OutputHeader {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "outputs"; readonly outputs: readonly OutputHeader[] }
  | { readonly kind: "failure"; readonly message: string };

export interface FrameLengths {
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

export const PREFIX_BYTES = 16;
const MAGIC = 0x3142524f; // "ORB1"

/** Prefix and header of a frame; the body follows as it is, without a copy. */
export function encodeHeader(header: Request | Reply, bodyBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(MAGIC, 0);
  prefix.writeUInt32LE(text.length, 4);
  prefix.writeBigUInt64LE(BigInt(bodyBytes), 8);
  return Buffer.concat([prefix, text]);
}

/** @returns undefined if the bytes are not a frame's prefix */
export function decodePrefix(prefix: Buffer): FrameLengths | undefined {
  if (prefix.readUInt32LE(0) !== MAGIC) return undefined;
  return { headerBytes: prefix.readUInt32LE(4), bodyBytes: Number(prefix.readBigUInt64LE(8)) };
}
