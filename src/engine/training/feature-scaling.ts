import { matrix, type Matrix } from "../matrix.js";

/** Mean and inverse deviation of each feature of one network, [D] each. */
export interface FeatureScaling {
  readonly mean: Float64Array;
  readonly inverseDeviation: Float64Array;
}

/** A feature that hardly moves carries nothing; dividing by its deviation would only amplify rounding. */
const LEAST_DEVIATION = 1e-6; // of the largest deviation

/**
 * Measures a network's features on the pool, so that a spider learns from features of one scale. After training the
 * scaling is folded into the projection (foldScaling), so a spider reads raw class centres.
 *
 * @param features [n, D], n >= 1
 * @throws RangeError if there is no row
 */
export function measureScaling({ rows, columns, values }: Matrix): FeatureScaling {
  if (rows < 1) throw new RangeError("measureScaling: at least one sample is needed, got none");
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++)
    variance[i % columns]! += (values[i]! - mean[i % columns]!) ** 2 / rows;
  const deviation = variance.map(Math.sqrt);
  const least = LEAST_DEVIATION * deviation.reduce((a, b) => Math.max(a, b), 0);
  return { mean, inverseDeviation: deviation.map((value) => (value > least ? 1 / value : 0)) };
}

/** (x - mean) / deviation for each row; class centres may be scaled in place of the samples, since both are linear. */
export function scaleFeatures(
  { rows, columns, values }: Matrix,
  { mean, inverseDeviation }: FeatureScaling,
): Matrix {
  if (columns !== mean.length) {
    throw new RangeError(`scaleFeatures: expected ${mean.length} features, got ${columns}`);
  }
  return matrix(
    rows,
    columns,
    values.map((value, i) => (value - mean[i % columns]!) * inverseDeviation[i % columns]!),
  );
}

/**
 * Moves the scaling into a projection: weight ((x - mean) / deviation) + bias = folded weight x + folded bias.
 *
 * @param weight [out, D]
 * @param bias   [out]
 */
export function foldScaling(
  weight: Matrix,
  bias: Float32Array,
  { mean, inverseDeviation }: FeatureScaling,
): { weight: Matrix; bias: Float32Array } {
  const { rows, columns, values } = weight;
  const folded = values.map((value, i) => value * inverseDeviation[i % columns]!);
  const shifted = bias.map((value, out) => {
    let shift = 0;
    for (let i = 0; i < columns; i++) shift += values[out * columns + i]! * inverseDeviation[i]! * mean[i]!;
    return value - shift;
  });
  return { weight: matrix(rows, columns, folded), bias: shifted };
}
