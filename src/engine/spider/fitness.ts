import type { Matrix } from "../matrix.js";
import type { SpiderParameters } from "./spider.js";

/** The specific rows of one PTM: its class centres of the task and its way into the spider's space. */
export interface SpecificRows {
  /** mu_m(T) [C', d_m] */
  readonly token: Matrix;
  /** P_m [d, d_m] */
  readonly projection: Matrix;
  /** p_m [d] */
  readonly bias: Float32Array;
}

/**
 * Fitness of one PTM for one task: the plain reference, written to be read. The fast form for whole zoos is
 * score-graph.ts; a property test ties the two.
 *
 * Formula: x_0 = theta, x_c = U mu_c + u, y_c = P mu_{m,c} + p; one attention head without a feed-forward block, read
 * at position 0: a = softmax_j(W_Q x_0 . W_K x_j / sqrt d), h = LayerNorm_1(W_O sum_j a_j W_V x_j + b_O + x_0),
 * phi = w . LayerNorm_2(h) + b. LayerNorm divides by sqrt(biased variance + epsilon).
 * Source: Zhang et al., Model Spider, NeurIPS 2023, with the released code's layer order. Variant: padding is always
 * masked; the released code forgets the mask when a batch holds one task.
 * Agrees with: the authors' code in float64 (test/refs/spider, tolerance in the case).
 *
 * Letters: d token width, C classes, d_psi and d_m feature widths.
 *
 * @param ptmToken  theta [d], finite
 * @param taskToken mu [C, d_psi], finite
 * @param specific  the PTM's specific rows, if the PTM was run on the task
 * @param classMask [C], 0 where a row of `taskToken` (and of the specific token) is padding; absent: all rows count
 * @returns no unit, larger is better; only its order within one task has a meaning
 * @throws RangeError if a shape does not fit or the result is not finite
 *
 * Cost: O(C d^2) time in float64.
 */
export function fitness(
  parameters: SpiderParameters,
  ptmToken: Float32Array,
  taskToken: Matrix,
  specific?: SpecificRows,
  classMask?: Uint8Array,
): number {
  const d = parameters.width;
  requireShapes(parameters, ptmToken, taskToken, specific, classMask);
  const present = (row: number): boolean => classMask === undefined || classMask[row] !== 0;

  const own = Float64Array.from(ptmToken);
  const rows: Float64Array[] = [own];
  rows.push(...projectRows(taskToken, parameters.encoderWeight, parameters.encoderBias, present));
  if (specific) rows.push(...projectRows(specific.token, specific.projection.values, specific.bias, present));

  const query = multiply(parameters.queryWeight, own); // [d, d] x [d] -> [d]
  const logits = rows.map((row) => dot(query, multiply(parameters.keyWeight, row)) / Math.sqrt(d));
  const attention = softmax(logits);

  const mixed = new Float64Array(d);
  rows.forEach((row, j) => {
    const value = multiply(parameters.valueWeight, row);
    for (let i = 0; i < d; i++) mixed[i]! += attention[j]! * value[i]!;
  });
  const attended = multiply(parameters.outputWeight, mixed);
  for (let i = 0; i < d; i++) attended[i]! += parameters.outputBias[i]! + own[i]!;

  const epsilon = parameters.layerNormEpsilon;
  const hidden = layerNorm(attended, parameters.norm1Gain, parameters.norm1Bias, epsilon);
  const normed = layerNorm(hidden, parameters.norm2Gain, parameters.norm2Bias, epsilon);
  const phi = dot(parameters.headWeight, normed) + parameters.headBias;
  if (!Number.isFinite(phi)) throw new RangeError(`fitness: the result must be finite, got ${phi}`);
  return phi;
}

function projectRows(
  centres: Matrix,
  weight: Float32Array,
  bias: Float32Array,
  present: (row: number) => boolean,
): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let c = 0; c < centres.rows; c++) {
    if (!present(c)) continue;
    const centre = centres.values.subarray(c * centres.columns, (c + 1) * centres.columns);
    const row = multiply(weight, centre); // [d, width of the centre] x [width of the centre] -> [d]
    for (let i = 0; i < row.length; i++) row[i]! += bias[i]!;
    rows.push(row);
  }
  return rows;
}

/** weight [out, in] x vector [in] -> [out] */
function multiply(weight: Float32Array, vector: Float32Array | Float64Array): Float64Array {
  const inputs = vector.length;
  const product = new Float64Array(weight.length / inputs);
  for (let o = 0; o < product.length; o++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i]! * vector[i]!;
    product[o] = sum;
  }
  return product;
}

function dot(a: Float32Array | Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function softmax(logits: readonly number[]): number[] {
  // Subtracting the largest keeps exp() in range; the quotient is unchanged.
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

function layerNorm(x: Float64Array, gain: Float32Array, bias: Float32Array, epsilon: number): Float64Array {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const scale = 1 / Math.sqrt(variance + epsilon);
  return x.map((value, i) => (value - mean) * scale * gain[i]! + bias[i]!);
}

function requireShapes(
  { width, encoderWidth }: SpiderParameters,
  ptmToken: Float32Array,
  taskToken: Matrix,
  specific: SpecificRows | undefined,
  classMask: Uint8Array | undefined,
): void {
  if (ptmToken.length !== width) {
    throw new RangeError(`fitness: a PTM token must hold ${width} values, got ${ptmToken.length}`);
  }
  requireTaskToken("fitness", taskToken, encoderWidth);
  if (specific) requireSpecificRows("fitness", specific, width);
  for (const rows of classMask ? [taskToken.rows, specific?.token.rows ?? taskToken.rows] : []) {
    if (classMask!.length !== rows) {
      throw new RangeError(`fitness: the class mask must hold ${rows} values, got ${classMask!.length}`);
    }
  }
}

/**
 * Refuses a task token that does not come from the spider's encoder.
 *
 * @throws RangeError if it has no row or another width
 */
export function requireTaskToken(who: string, taskToken: Matrix, encoderWidth: number): void {
  if (taskToken.rows < 1 || taskToken.columns !== encoderWidth) {
    throw new RangeError(
      `${who}: a task token must be [C >= 1, ${encoderWidth}], got [${taskToken.rows}, ${taskToken.columns}]`,
    );
  }
}

/**
 * Refuses specific rows whose projection does not lead from the PTM's features to the spider's width.
 *
 * @throws RangeError if a shape does not fit
 */
export function requireSpecificRows(
  who: string,
  { token, projection, bias }: SpecificRows,
  width: number,
): void {
  if (projection.rows !== width || projection.columns !== token.columns || bias.length !== width) {
    throw new RangeError(
      `${who}: specific rows [${token.rows}, ${token.columns}] need a projection [${width}, ${token.columns}] and ` +
        `a bias [${width}], got [${projection.rows}, ${projection.columns}] and [${bias.length}]`,
    );
  }
}
