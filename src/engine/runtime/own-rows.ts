import { readTokens } from "../spider/token-storage.js";
import type { FoldedSpider } from "./folded-spider.js";
import type { KeptTokens } from "./kept-zoo.js";
import { float32Values } from "./session.js";
import type { NamedTensor } from "./session.js";

type OwnTensors = Record<"ownValues" | "ownLogits", NamedTensor>;

/** The folded form's share of PTMs' tokens, computed when a task first needs it and kept as long as the tokens. */
export class OwnRows {
  readonly #tiles = new WeakMap<KeptTokens, Map<number, OwnTensors>>();

  constructor(private readonly folded: FoldedSpider) {}

  /** Own values [rows, d] and logits [rows, 1] of a tile. */
  async of(part: KeptTokens, start: number, end: number): Promise<OwnTensors> {
    const tiles = this.#tiles.get(part) ?? new Map<number, OwnTensors>();
    this.#tiles.set(part, tiles);
    const known = tiles.get(start);
    if (known !== undefined) return known;
    const { ownValues, ownLogits } = await this.folded.ownRows(readTokens(part.tokens, start, end));
    // Values alone: the runtime's own tensors would keep its arenas.
    const own = { ownValues: copyOf(ownValues), ownLogits: copyOf(ownLogits) };
    tiles.set(start, own);
    return own;
  }
}

function copyOf(tensor: NamedTensor): NamedTensor {
  return { values: new Float32Array(float32Values(tensor)), shape: tensor.shape };
}
