import { LRUCache } from "lru-cache";

import type { LabelledImages } from "../../archives/labelled-images.js";
import { type ImageInput, preprocess } from "../../engine/tokens/preprocess.js";

/** About 10,000 images of 32 x 32. */
const KEPT_BYTES = 128 * 1024 * 1024;

/**
 * The inputs of networks, batch by batch. The PTMs of a re-ranking run on the same samples and often want them alike, so
 * what one of them was given stays for the others; a task that is too large for that is prepared anew each time.
 */
export class PreparedBatches {
  readonly #kept = new LRUCache<string, Float32Array>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ byteLength }) => byteLength,
  });
  readonly #numbers = new WeakMap<LabelledImages, number>();
  #count = 0;

  /** @returns the samples from `begin` to before `end` as `input` wants them; shared, so not to be written to */
  prepare(samples: LabelledImages, begin: number, end: number, input: ImageInput): Float32Array {
    if (samples.count * input.height * input.width * 3 * 4 > KEPT_BYTES) {
      return prepared(samples, begin, end, input);
    }
    const { layout, height, width, range, mean, std } = input;
    const key = JSON.stringify([
      this.#numberOf(samples),
      begin,
      end,
      layout,
      height,
      width,
      range,
      mean,
      std,
    ]);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const values = prepared(samples, begin, end, input);
    this.#kept.set(key, values);
    return values;
  }

  /** Samples are known by identity: whoever reads a task again has other ones. */
  #numberOf(samples: LabelledImages): number {
    const number = this.#numbers.get(samples) ?? this.#count++;
    this.#numbers.set(samples, number);
    return number;
  }
}

function prepared(samples: LabelledImages, begin: number, end: number, input: ImageInput): Float32Array {
  const { height, width, images } = samples;
  const bytes = height * width * 3;
  const pixels = images.subarray(begin * bytes, end * bytes);
  return preprocess({ count: end - begin, height, width, pixels }, input).values;
}
