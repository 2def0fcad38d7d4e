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

  equals(other: PtmIds): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  /**
   * Where each of these ids is among others, -1 where it is not.
   *
   * Cost: of lists that differ in a few ids, a look at their bytes and O(log M) an id in which they differ.
   */
  placesIn(others: PtmIds): Int32Array {
    const places = new Int32Array(this.length).fill(-1);
    let [position, place] = [0, 0];
    while (position < this.length && place < others.length) {
      const order = this.#bytes.compare(
        others.#bytes,
        place * ID_BYTES,
        (place + 1) * ID_BYTES,
        position * ID_BYTES,
        (position + 1) * ID_BYTES,
      );
      if (order > 0) place++;
      else if (order < 0) position++;
      else {
        const end = position + this.#equalFrom(position, others, place);
        while (position < end) places[position++] = place++;
      }
    }
    return places;
  }

  /** How many ids are equal from two places on, which hold equal ones. By doubling, then by halves. */
  #equalFrom(position: number, others: PtmIds, place: number): number {
    const most = Math.min(this.length - position, others.length - place);
    const areEqual = (begin: number, end: number): boolean =>
      this.#bytes
        .subarray((position + begin) * ID_BYTES, (position + end) * ID_BYTES)
        .equals(others.#bytes.subarray((place + begin) * ID_BYTES, (place + end) * ID_BYTES));
    let equal = 1;
    let step = 1;
    while (equal < most && areEqual(equal, Math.min(equal + step, most))) {
      equal = Math.min(equal + step, most);
      step *= 2;
    }
    for (; step >= 1; step /= 2) {
      if (equal + step <= most && areEqual(equal, equal + step)) equal += step;
    }
    return equal;
  }

  #compare(position: number, id: Uint8Array): number {
    return this.#bytes.compare(id, 0, ID_BYTES, position * ID_BYTES, (position + 1) * ID_BYTES);
  }
}

export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}
