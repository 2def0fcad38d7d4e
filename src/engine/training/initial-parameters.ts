import { uniformStream } from "../random.js";
import { trainableArrays, type ParameterName, type Trainable, type TrainableSizes } from "./trainable.js";

/**
 * Where training starts: PTM tokens from a standard normal, weights and biases as PyTorch's Linear draws them (uniform
 * in +-1 / sqrt(inputs)), norms at gain 1. The same seed gives the same parameters.
 *
 * @param featureWidths [M], d_m; the projections' rows past a PTM's own width are zero
 * @throws RangeError if the widths do not fit the sizes
 */
export function initialParameters(
  sizes: TrainableSizes,
  featureWidths: readonly number[],
  seed: number,
): Trainable {
  const { ptms, width, encoderWidth, widestFeatures } = sizes;
  if (featureWidths.length !== ptms || Math.max(...featureWidths) !== widestFeatures) {
    throw new RangeError(
      `initialParameters: expected ${ptms} feature widths up to ${widestFeatures}, got ${featureWidths.join(", ")}`,
    );
  }
  const random = uniformStream(seed);
  const uniform = (length: number, inputs: number): Float32Array => {
    const bound = 1 / Math.sqrt(inputs);
    return Float32Array.from({ length }, () => (2 * random() - 1) * bound);
  };
  const fills: Partial<Record<ParameterName, (length: number) => Float32Array>> = {
    tokens: (length) => Float32Array.from({ length }, () => standardNormal(random)),
    norm1Gain: (length) => new Float32Array(length).fill(1),
    norm1Bias: (length) => new Float32Array(length),
    norm2Gain: (length) => new Float32Array(length).fill(1),
    norm2Bias: (length) => new Float32Array(length),
    encoderWeight: (length) => uniform(length, encoderWidth),
    encoderBias: (length) => uniform(length, encoderWidth),
    projections: () =>
      stacked(featureWidths, (inputs) => uniform(inputs * width, inputs), widestFeatures * width),
    projectionBiases: () => stacked(featureWidths, (inputs) => uniform(width, inputs), width),
  };
  return trainableArrays(sizes, (name, length) => fills[name]?.(length) ?? uniform(length, width));
}

function stacked(
  widths: readonly number[],
  part: (inputs: number) => Float32Array,
  each: number,
): Float32Array {
  const whole = new Float32Array(widths.length * each);
  widths.forEach((inputs, m) => whole.set(part(inputs), m * each));
  return whole;
}

/** Box and Muller's transform of two uniform numbers. */
function standardNormal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random())); // 1 - random() is never 0
  return radius * Math.cos(2 * Math.PI * random());
}
