const ID_BYTES = 16;

/** The ids of a zoo's PTMs, ascending, 16 bytes each: a million of them as strings would need 80 MB. */
export class PtmIds {
  readonly #bytes: Buffer;

  constructor(readonly bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length / ID_BYTES;
  }

  /** The id at a position, in the writing that the database gives; undefined beyond the last. */
  at(position: number): string | undefined {
    if (position < 0 || position >= this.length) return undefined;
    const hex = this.#bytes.toString("hex", position * ID_BYTES, (position + 1) * ID_BYTES);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /** Where a PTM is; undefined if it is not among them. */
  positionOf(ptmId: string): number | undefined {
    const id = idBytes(ptmId);
    const position = this.insertionPoint(id);
    return this.isAt(position, id) ? position : undefined;
  }

  /** How many ids are smaller. By bisection. */
  insertionPoint(id: Uint8Array): number {
    if (id.length < ID_BYTES) return 0; // the first of no ids
    let [begin, end] = [0, this.length];
    while (begin < end) {
      const middle = (begin + end) >> 1;
      if (this.#compare(middle, id) < 0) begin = middle + 1;
      else end = middle;
    }
    return begin;
  }

  isAt(position: number, id: Uint8Array): boolean {
    return position < this.length && this.#compare(position, id) === 0;
  }

  /**
   * The positions of some ids, ascending; ids that are not among these are left out.
   *
   * @param ids ascending
   */
  positionsOf(ids: PtmIds): Int32Array {
    const found = new Int32Array(ids.length);
    let count = 0;
    let i = ids.insertionPoint(this.#bytes.subarray(0, ID_BYTES));
    let position = this.insertionPoint(ids.#bytes.subarray(0, ID_BYTES));
    while (i < ids.length && position < this.length) {
      const order = this.#bytes.compare(
        ids.#bytes,
        i * ID_BYTES,
        (i + 1) * ID_BYTES,
        position * ID_BYTES,
        (position + 1) * ID_BYTES,
      );
      if (order === 0) found[count++] = position;
      if (order <= 0) position++;
      if (order >= 0) i++;
    }
    return found.subarray(0, count);
  }

  #compare(position: number, id: Uint8Array): number {
    return this.#bytes.compare(id, 0, ID_BYTES, position * ID_BYTES, (position + 1) * ID_BYTES);
  }
}

export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}
