import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { addScaled, dot, logSumExp } from "../linalg/vector.js";
import { multiply, multiplyTransposedLeft } from "../runtime/mat-mul.js";

/** The minimum has been reached when a full Newton step promises less than this. */
const SMALLEST_GAIN = 1e-11;
/** What is left to gain below this is rounding of the gradient, and no direction to go. */
const ROUNDING = 1e-20;
/** Newton steps needed are 5 to 20; so many mean that the features' scale has exhausted float64. */
const MOST_NEWTON_STEPS = 100;
/** Conjugate gradients end early far from the minimum, where a precise step would be wasted. */
const MOST_CONJUGATE_STEPS = 200;
/** Armijo's condition: a step must bring this share of what the slope promises. */
const SUFFICIENT_DECREASE = 1e-4;

/** Letters: N samples, D features, P classes. */
export interface SoftmaxRegression {
  /** The minimum of mean cross-entropy + |W|^2 / (2 lambda N). */
  readonly loss: number;
  /** Probabilities of the classes at the minimum, shape [N, P]. */
  readonly probabilities: DoubleMatrix;
}

/**
 * Multinomial logistic regression with a Gaussian prior on the weights and none on the biases, to the minimum.
 *
 * Newton's method on a convex function with a line search; each step by conjugate gradients on Hessian products, which
 * need two matrix products each. The preconditioner is the Hessian's diagonal with the class curvatures averaged over
 * samples: nearly exact if the columns of `features` are principal axes.
 *
 * @param features   shape [N, D], columns of mean 0 and orthogonal to each other (scores of all principal components)
 * @param classOf    shape [N], integers in [0, P), each of them present
 * @param penalty    1 / (lambda N), > 0
 * @throws RangeError if the minimum is not reached (features of extreme scale)
 *
 * Cost: about 50 to 300 products of 2 N D P multiplications.
 */
export async function fitSoftmaxRegression(
  who: string,
  features: DoubleMatrix,
  classOf: Int32Array,
  classes: number,
  penalty: number,
): Promise<SoftmaxRegression> {
  const problem = new Problem(features, classOf, classes, penalty);
  let parameters = problem.start();
  let state = await problem.evaluate(parameters);
  for (let step = 0; step < MOST_NEWTON_STEPS; step++) {
    const direction = await problem.newtonDirection(state);
    const slope = dot(state.gradient.values, direction.values);
    if (-slope / 2 < SMALLEST_GAIN) {
      // The last step costs one evaluation and, Newton's method being what it is, doubles the digits of the probabilities.
      addScaled(parameters.values, 1, direction.values);
      return problem.evaluate(parameters);
    }
    for (let length = 1; ; length /= 2) {
      const next = doubleMatrix(parameters.rows, parameters.columns, parameters.values.slice());
      addScaled(next.values, length, direction.values);
      const nextState = await problem.evaluate(next);
      if (nextState.loss <= state.loss + SUFFICIENT_DECREASE * length * slope) {
        parameters = next;
        state = nextState;
        break;
      }
      if (length < Number.EPSILON) {
        // No step along a descent direction helps any more: the loss is at the end of float64's resolution.
        return state;
      }
    }
  }
  throw new RangeError(
    `${who}: the regression must converge within ${MOST_NEWTON_STEPS} Newton steps; scale the features to order 1`,
  );
}

interface State {
  readonly loss: number;
  /** Shape [D + 1, P]; the last row belongs to the biases. */
  readonly gradient: DoubleMatrix;
  /** Shape [N, P]. */
  readonly probabilities: DoubleMatrix;
}

/** Parameters, gradients and directions have shape [D + 1, P]: D rows of weights, one of biases. */
class Problem {
  readonly #features: DoubleMatrix;
  readonly #classOf: Int32Array;
  readonly #classes: number;
  readonly #penalty: number;
  /** Mean square of each feature, length D. */
  readonly #meanSquares: Float64Array;

  constructor(features: DoubleMatrix, classOf: Int32Array, classes: number, penalty: number) {
    this.#features = features;
    this.#classOf = classOf;
    this.#classes = classes;
    this.#penalty = penalty;
    this.#meanSquares = new Float64Array(features.columns);
    for (let i = 0; i < features.rows; i++) {
      rowOf(features, i).forEach((value, d) => (this.#meanSquares[d]! += value ** 2 / features.rows));
    }
  }

  /** No weights; biases that give the class frequencies. */
  start(): DoubleMatrix {
    const parameters = doubleMatrix(this.#features.columns + 1, this.#classes);
    const biases = rowOf(parameters, this.#features.columns);
    for (const p of this.#classOf) biases[p]! += 1 / this.#classOf.length;
    biases.forEach((frequency, p) => (biases[p] = Math.log(frequency)));
    return parameters;
  }

  async evaluate(parameters: DoubleMatrix): Promise<State> {
    const probabilities = await this.#logits(parameters);
    const residual = doubleMatrix(probabilities.rows, this.#classes); // (p - onehot) / N
    let loss = 0;
    for (let i = 0; i < probabilities.rows; i++) {
      const row = rowOf(probabilities, i);
      const normaliser = logSumExp(row);
      loss += (normaliser - row[this.#classOf[i]!]!) / probabilities.rows;
      for (let p = 0; p < row.length; p++) {
        row[p] = Math.exp(row[p]! - normaliser);
        residual.values[i * this.#classes + p] = row[p]! / probabilities.rows;
      }
      residual.values[i * this.#classes + this.#classOf[i]!]! -= 1 / probabilities.rows;
    }
    const weights = this.#weightsOf(parameters).values;
    const gradient = await this.#backwards(residual, parameters);
    return { loss: loss + (this.#penalty / 2) * dot(weights, weights), gradient, probabilities };
  }

  /** An approximate solution of H d = -gradient, precise enough for fast convergence (a truncated Newton step). */
  async newtonDirection({ gradient, probabilities }: State): Promise<DoubleMatrix> {
    const scale = this.#inverseDiagonal(probabilities);
    const direction = doubleMatrix(gradient.rows, gradient.columns);
    const residual = gradient.values.map((value) => -value);
    let preconditioned = residual.map((value, at) => value * scale[at]!);
    const search = doubleMatrix(gradient.rows, gradient.columns, preconditioned.slice());
    let size = dot(residual, preconditioned);
    // A residual that shrinks with the root of the gradient gives superlinear convergence (Dembo, Steihaug 1983).
    const enough = Math.max(size * Math.min(0.01, size), ROUNDING);
    for (let step = 0; step < MOST_CONJUGATE_STEPS && size > enough; step++) {
      const curved = await this.#hessianTimes(search, probabilities);
      const curvature = dot(search.values, curved.values);
      if (!(curvature > 0)) break; // convex: met by rounding alone
      const length = size / curvature;
      addScaled(direction.values, length, search.values);
      addScaled(residual, -length, curved.values);
      preconditioned = residual.map((value, at) => value * scale[at]!);
      const nextSize = dot(residual, preconditioned);
      const keep = nextSize / size;
      size = nextSize;
      search.values.forEach((value, at) => (search.values[at] = preconditioned[at]! + keep * value));
    }
    return direction;
  }

  /** One over the Hessian's diagonal, p (1 - p) of each class averaged over the samples; length (D + 1) P. */
  #inverseDiagonal(probabilities: DoubleMatrix): Float64Array {
    const curvature = new Float64Array(this.#classes);
    for (let i = 0; i < probabilities.rows; i++) {
      rowOf(probabilities, i).forEach((p, at) => (curvature[at]! += (p * (1 - p)) / probabilities.rows));
    }
    const scale = doubleMatrix(this.#features.columns + 1, this.#classes);
    for (let d = 0; d < this.#features.columns; d++) {
      rowOf(scale, d).forEach((_, p, row) => {
        row[p] = 1 / (curvature[p]! * this.#meanSquares[d]! + this.#penalty);
      });
    }
    const biases = rowOf(scale, this.#features.columns);
    // A class that is told perfectly has no curvature left, and its bias nothing to gain.
    biases.forEach((_, p) => (biases[p] = 1 / Math.max(curvature[p]!, Number.EPSILON)));
    return scale.values;
  }

  async #hessianTimes(direction: DoubleMatrix, probabilities: DoubleMatrix): Promise<DoubleMatrix> {
    const change = await this.#logits(direction);
    for (let i = 0; i < change.rows; i++) {
      const row = rowOf(change, i);
      const share = rowOf(probabilities, i);
      const mean = dot(row, share);
      for (let p = 0; p < row.length; p++) row[p] = (share[p]! * (row[p]! - mean)) / change.rows;
    }
    return this.#backwards(change, direction);
  }

  /** [N, D] x [D, P] + biases -> [N, P] */
  async #logits(parameters: DoubleMatrix): Promise<DoubleMatrix> {
    const logits = await multiply(this.#features, this.#weightsOf(parameters));
    const biases = rowOf(parameters, this.#features.columns);
    for (let i = 0; i < logits.rows; i++) addScaled(rowOf(logits, i), 1, biases);
    return logits;
  }

  /** From changes per sample to changes per parameter: [N, D]^T x [N, P], plus the penalty, and column sums -> [D + 1, P] */
  async #backwards(change: DoubleMatrix, parameters: DoubleMatrix): Promise<DoubleMatrix> {
    const weights = this.#weightsOf(parameters);
    const result = doubleMatrix(parameters.rows, parameters.columns);
    result.values.set((await multiplyTransposedLeft(this.#features, change)).values);
    addScaled(result.values.subarray(0, weights.values.length), this.#penalty, weights.values);
    const biases = rowOf(result, this.#features.columns);
    for (let i = 0; i < change.rows; i++) addScaled(biases, 1, rowOf(change, i));
    // A common shift of all biases changes no probability: its slope is 0 but for rounding, and its curvature too.
    const common = biases.reduce((a, b) => a + b) / biases.length;
    biases.forEach((bias, p) => (biases[p] = bias - common));
    return result;
  }

  #weightsOf(parameters: DoubleMatrix): DoubleMatrix {
    const rows = this.#features.columns;
    return doubleMatrix(rows, this.#classes, parameters.values.slice(0, rows * this.#classes));
  }
}
