import { matrix } from "../matrix.js";
import type { Matrix } from "../matrix.js";

/**
 * Averages features per class while they arrive in batches, so that a task's features never lie in memory at once.
 * Sums are kept in float64: in float32 a class of ten thousand samples would lose its last digits.
 *
 * Letters: n samples of a batch, D feature width, C classes.
 */
export class ClassCentreAccumulator {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** @throws RangeError if a number is not an integer >= 1 */
  constructor(
    private readonly classCount: number,
    private readonly width: number,
  ) {
    if (!Number.isInteger(classCount) || classCount < 1 || !Number.isInteger(width) || width < 1) {
      throw new RangeError(
        `classCentres: classes and width must be integers >= 1, got ${classCount} and ${width}`,
      );
    }
    this.#sums = new Float64Array(classCount * width);
    this.#counts = new Float64Array(classCount);
  }

  /**
   * Adds a batch; a batch that is refused adds nothing.
   *
   * @param features shape [n, D], finite
   * @param labels   shape [n], integers in [0, C)
   * @throws RangeError if a shape, a label or a value does not fit
   */
  add(features: Matrix, labels: Int32Array): void {
    this.#requireBatch(features, labels);
    labels.forEach((label, sample) => {
      this.#counts[label]!++;
      const target = label * this.width;
      const source = sample * this.width;
      for (let i = 0; i < this.width; i++) this.#sums[target + i]! += features.values[source + i]!;
    });
  }

  /**
   * @returns the class centres of everything added so far, shape [C, D]
   * @throws RangeError if a class has no sample
   */
  finish(): Matrix {
    const empty = this.#counts.indexOf(0);
    if (empty >= 0) throw new RangeError(`classCentres: every class needs a sample, class ${empty} has none`);
    const centres = new Float32Array(this.#sums.length);
    for (let i = 0; i < centres.length; i++) {
      centres[i] = this.#sums[i]! / this.#counts[Math.floor(i / this.width)]!;
    }
    return matrix(this.classCount, this.width, centres);
  }

  #requireBatch({ rows, columns, values }: Matrix, labels: Int32Array): void {
    if (columns !== this.width) {
      throw new RangeError(`classCentres: features must be ${this.width} wide, got ${columns}`);
    }
    if (labels.length !== rows) {
      throw new RangeError(`classCentres: ${rows} samples need ${rows} labels, got ${labels.length}`);
    }
    labels.forEach((label, i) => {
      if (label < 0 || label >= this.classCount) {
        throw new RangeError(
          `classCentres: labels must be integers in [0, ${this.classCount}), got ${label} at index ${i}`,
        );
      }
    });
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new RangeError(
        `classCentres: features must be finite, got ${values[bad]} at sample ${Math.floor(bad / columns)}`,
      );
    }
  }
}

/**
 * The class centres of a task in one feature space: its task token (general encoder) or specific token (a PTM).
 *
 * @param features shape [n, D], finite
 * @param labels   shape [n], integers in [0, C)
 * @returns shape [C, D]
 * @throws RangeError if a shape, a label or a value does not fit, or a class has no sample
 *
 * Cost: O(n D).
 */
export function classCentres(features: Matrix, labels: Int32Array, classCount: number): Matrix {
  const centres = new ClassCentreAccumulator(classCount, features.columns);
  centres.add(features, labels);
  return centres.finish();
}
