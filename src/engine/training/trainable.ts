/**
 * The arrays that training changes, as the graphs hold them. Against the snapshot's form (spider.ts) the per-PTM
 * projections are stacked into one tensor, turned, and padded to the widest PTM: a padded feature is always zero, so
 * its weights get no gradient and stay zero.
 *
 * Letters: M PTMs, d token width, d_psi encoder width, D widest PTM.
 */
export interface TrainableSizes {
  /** M */
  readonly ptms: number;
  /** d */
  readonly width: number;
  /** d_psi */
  readonly encoderWidth: number;
  /** D */
  readonly widestFeatures: number;
}

export const SHARED_PARAMETERS = [
  "encoderWeight",
  "encoderBias",
  "queryWeight",
  "keyWeight",
  "valueWeight",
  "outputWeight",
  "outputBias",
  "norm1Gain",
  "norm1Bias",
  "norm2Gain",
  "norm2Bias",
  "headWeight",
  "headBias",
] as const;
export const PROJECTION_PARAMETERS = ["projections", "projectionBiases"] as const;
export const PARAMETER_NAMES = [...SHARED_PARAMETERS, "tokens", ...PROJECTION_PARAMETERS] as const;

export type ParameterName = (typeof PARAMETER_NAMES)[number];

/** Shapes as in TrainableSizes' letters, row-major. */
export type Trainable = Record<ParameterName, Float32Array>;

export function trainableShapes({
  ptms,
  width,
  encoderWidth,
  widestFeatures,
}: TrainableSizes): Record<ParameterName, readonly number[]> {
  const square = [width, width];
  return {
    encoderWeight: [width, encoderWidth],
    encoderBias: [width],
    queryWeight: square,
    keyWeight: square,
    valueWeight: square,
    outputWeight: square,
    outputBias: [width],
    norm1Gain: [width],
    norm1Bias: [width],
    norm2Gain: [width],
    norm2Bias: [width],
    headWeight: [1, width],
    headBias: [1],
    tokens: [ptms, width],
    projections: [ptms, widestFeatures, width],
    projectionBiases: [ptms, width],
  };
}

/** A fresh array for every parameter: zeros, or what `fill` gives. */
export function trainableArrays(
  sizes: TrainableSizes,
  fill: (name: ParameterName, length: number) => Float32Array = (_, length) => new Float32Array(length),
): Trainable {
  const shapes = trainableShapes(sizes);
  const entries = PARAMETER_NAMES.map((name) => {
    const length = shapes[name].reduce((product, size) => product * size, 1);
    return [name, fill(name, length)] as const;
  });
  return Object.fromEntries(entries) as Trainable;
}
