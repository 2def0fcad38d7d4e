const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;
const FIXED_32 = 5;

/** protobuf's own parsers stop here too, so a deeper file could not be loaded anyway. */
const MAXIMUM_DEPTH = 100;

/** Tags and lengths are 32-bit: protobuf's C++ parser, which ONNX Runtime uses, refuses a sixth byte. */
const LONGEST_32_BIT_VARINT = 5;
const LONGEST_VARINT = 10;

/** For names; the longest that exporters write are paths of modules. */
const LONGEST_TEXT = 64 * 1024;

/** How many fields may still be read, shared by a reader and all that it opens: bounds the time a hostile file costs. */
export interface FieldBudget {
  remaining: number;
}

/**
 * Walks the fields of one protobuf message from an untrusted source. Nothing is copied: bytes and messages are views.
 * Stricter than protobuf wherever leniency would let this reader and ONNX Runtime's see different content: a known field
 * with another wire type is an error, not an unknown field, and groups are refused.
 * Source: protobuf.dev, "Encoding".
 *
 *     while (reader.next()) { switch (reader.field) { case 7: walkGraph(reader.message()) } }
 *
 * @throws RangeError from every method, naming the byte, when the message is malformed
 */
export class ProtobufReader {
  /** The number of the current field. */
  field = 0;
  #wireType = VARINT;
  #position = 0;
  #valueStart = 0;

  constructor(
    private readonly content: Uint8Array,
    private readonly budget: FieldBudget,
    private readonly depth = 0,
    /** Where `content` begins in the file, for messages. */
    private readonly origin = 0,
  ) {}

  /** Moves to the next field and checks that its value lies inside the message. @returns false at the end */
  next(): boolean {
    if (this.#position === this.content.length) return false;
    if (--this.budget.remaining < 0) throw new RangeError("protobuf: the file has too many fields");
    const tag = this.#unsigned32("tag");
    this.field = tag >>> 3;
    this.#wireType = tag & 7;
    if (this.field === 0) throw this.#malformed("field number 0");
    this.#valueStart = this.#position;
    if (this.#wireType === VARINT) this.#skipVarint();
    else if (this.#wireType === FIXED_64) this.#advance(8);
    else if (this.#wireType === FIXED_32) this.#advance(4);
    else if (this.#wireType === DELIMITED) {
      const length = this.#unsigned32("length");
      this.#valueStart = this.#position;
      this.#advance(length);
    } else throw this.#malformed(`wire type ${this.#wireType} (groups are refused)`);
    return true;
  }

  /** The current varint as a signed 64-bit integer. */
  integer(): bigint {
    this.#require(VARINT);
    return varintAt(this.content, this.#valueStart).value;
  }

  /** The current length-delimited field, without a copy. */
  bytes(): Uint8Array {
    this.#require(DELIMITED);
    return this.content.subarray(this.#valueStart, this.#position);
  }

  /** The current string. ONNX names must be UTF-8. */
  text(): string {
    const bytes = this.bytes();
    if (bytes.length > LONGEST_TEXT) throw this.#malformed(`a text of ${bytes.length} bytes`);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw new RangeError(`protobuf: text of field ${this.field} is not UTF-8`, { cause });
    }
  }

  /** A reader of the current embedded message. */
  message(): ProtobufReader {
    if (this.depth === MAXIMUM_DEPTH) throw this.#malformed(`more than ${MAXIMUM_DEPTH} nested messages`);
    return new ProtobufReader(this.bytes(), this.budget, this.depth + 1, this.origin + this.#valueStart);
  }

  /**
   * A repeated integer field comes as one varint a field or packed into one: both are legal, whatever the schema says.
   *
   * @param limit how many are decoded at most; a hostile file packs millions
   */
  integers(limit: number): bigint[] {
    if (this.#wireType === VARINT) return [this.integer()];
    const packed = this.bytes();
    const values: bigint[] = [];
    for (let at = 0; at < packed.length && values.length < limit;) {
      const { value, end } = varintAt(packed, at);
      values.push(value);
      at = end;
    }
    return values;
  }

  /** How many varints the current field holds, packed or single, without decoding them. */
  countVarints(): number {
    if (this.#wireType === VARINT) return 1;
    const packed = this.bytes();
    if (packed.length > 0 && (packed[packed.length - 1] ?? 0) > 127) throw this.#malformed("a cut varint");
    let continued = 0;
    for (let i = 0; i < packed.length; i++) continued += (packed[i] ?? 0) >> 7; // bit 7: its varint goes on
    return packed.length - continued;
  }

  /** How many fixed-size values of `width` bytes the current field holds, packed or single. */
  countFixed(width: 4 | 8): number {
    if (this.#wireType === (width === 4 ? FIXED_32 : FIXED_64)) return 1;
    const { length } = this.bytes();
    if (length % width !== 0) throw this.#malformed(`${length} packed bytes for values of ${width} bytes`);
    return length / width;
  }

  #require(wireType: number): void {
    if (this.#wireType !== wireType) {
      throw this.#malformed(`wire type ${this.#wireType} in field ${this.field}, expected ${wireType}`);
    }
  }

  #unsigned32(what: string): number {
    let value = 0;
    for (let i = 0; i < LONGEST_32_BIT_VARINT; i++) {
      const byte = this.content[this.#position++];
      if (byte === undefined) throw this.#malformed(`a ${what} cut by the end`);
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) {
        if (value > 0xffffffff) throw this.#malformed(`a ${what} over 32 bits`);
        return value;
      }
    }
    throw this.#malformed(`a ${what} longer than ${LONGEST_32_BIT_VARINT} bytes`);
  }

  #skipVarint(): void {
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.content[this.#position++];
      if (byte === undefined) throw this.#malformed("a varint cut by the end");
      if (byte < 128) return;
    }
    throw this.#malformed(`a varint longer than ${LONGEST_VARINT} bytes`);
  }

  #advance(length: number): void {
    if (length > this.content.length - this.#position) {
      throw this.#malformed(
        `a value of ${length} bytes where ${this.content.length - this.#position} are left`,
      );
    }
    this.#position += length;
  }

  #malformed(what: string): RangeError {
    return new RangeError(
      `protobuf: ${what} near byte ${this.origin + Math.min(this.#position, this.content.length)}`,
    );
  }
}

/** Bits past the 64th are dropped, as protobuf does. */
function varintAt(content: Uint8Array, start: number): { value: bigint; end: number } {
  let value = 0n;
  for (let i = 0; i < LONGEST_VARINT; i++) {
    const byte = content[start + i];
    if (byte === undefined) throw new RangeError("protobuf: a packed varint is cut by the end of its field");
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asIntN(64, value), end: start + i + 1 };
  }
  throw new RangeError(`protobuf: a packed varint is longer than ${LONGEST_VARINT} bytes`);
}
