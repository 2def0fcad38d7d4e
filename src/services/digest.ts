import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256 in lower-case hex of the parts one after the other. */
export function sha256(...parts: (string | ArrayBufferView)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(
      typeof part === "string" ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
  }
  return hash.digest("hex");
}

/** Compares two digests of secrets in a time that says nothing about where they differ. */
export function digestsEqual(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** SHA-256 of some bytes, as bytes. */
export function sha256Bytes(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
