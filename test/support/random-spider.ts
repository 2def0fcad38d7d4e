import { matrix } from "../../src/engine/matrix.js";
import type { Matrix } from "../../src/engine/matrix.js";
import { uniformStream } from "../../src/engine/random.js";
import type { SpiderParameters } from "../../src/engine/spider/spider.js";

/** A source of random matrices and spiders that depends on its seed alone. */
export class RandomSpider {
  readonly #uniform: () => number;

  constructor(seed: number) {
    this.#uniform = uniformStream(seed);
  }

  /** Normal values with this standard deviation (Box and Muller). */
  values(count: number, deviation = 1, mean = 0): Float32Array {
    return Float32Array.from({ length: count }, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - this.#uniform()));
      return mean + deviation * radius * Math.cos(2 * Math.PI * this.#uniform());
    });
  }

  matrix(rows: number, columns: number, deviation = 1): Matrix {
    return matrix(rows, columns, this.values(rows * columns, deviation));
  }

  /** Weights as wide as trained ones, with LayerNorm gains and biases that are far from 1 and 0. */
  parameters(width: number, encoderWidth: number): SpiderParameters {
    const square = (): Float32Array => this.values(width * width, 1 / Math.sqrt(width));
    return {
      width,
      encoderWidth,
      layerNormEpsilon: 1e-5,
      queryWeight: square(),
      keyWeight: square(),
      valueWeight: square(),
      outputWeight: square(),
      outputBias: this.values(width, 0.3),
      norm1Gain: this.values(width, 0.3, 1),
      norm1Bias: this.values(width, 0.3),
      norm2Gain: this.values(width, 0.3, 1),
      norm2Bias: this.values(width, 0.3),
      headWeight: this.values(width),
      headBias: this.values(1)[0]!,
      encoderWeight: this.values(width * encoderWidth, 1 / Math.sqrt(encoderWidth)),
      encoderBias: this.values(width, 0.3),
    };
  }
}
