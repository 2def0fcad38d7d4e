import { sha256Bytes } from "../digest.js";

/**
 * Says which tokens a zoo holds: the sum of its PTMs' digests (id and token), so that it follows a change without going
 * over the whole zoo, and is the same however a process came to know the zoo. Eight sums modulo 2^32.
 */
export class ZooDigest {
  readonly #sums = new Uint32Array(8);

  /** @param hex of a digest to go on from */
  static from(hex: string): ZooDigest {
    const digest = new ZooDigest();
    const bytes = Buffer.from(hex, "hex");
    for (let i = 0; i < 8; i++) digest.#sums[i] = bytes.readUInt32BE(4 * i);
    return digest;
  }

  /** @param ptm id (16 bytes) and digest of its token (32 bytes) */
  add(ptm: Uint8Array): void {
    const bytes = sha256Bytes(ptm);
    for (let i = 0; i < 8; i++) this.#sums[i]! += bytes.readUInt32BE(4 * i);
  }

  remove(ptm: Uint8Array): void {
    const bytes = sha256Bytes(ptm);
    for (let i = 0; i < 8; i++) this.#sums[i]! -= bytes.readUInt32BE(4 * i);
  }

  get hex(): string {
    return Array.from(this.#sums, (sum) => sum.toString(16).padStart(8, "0")).join("");
  }
}
