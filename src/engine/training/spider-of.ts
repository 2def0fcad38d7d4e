import { matrix, type Matrix } from "../matrix.js";
import type { Spider, SpiderParameters, SpiderPtm } from "../spider/spider.js";
import type { TrainedCompanion } from "./checkpoint.js";
import { foldScaling } from "./feature-scaling.js";
import type { Trainable, TrainableSizes } from "./trainable.js";
import type { TrainingPtm, TrainingSet } from "./training-set.js";

/**
 * The spider that trained parameters are: projections unstacked and turned to [d, d_m], feature scalings folded in, so
 * that it reads raw class centres.
 *
 * @param companions trained apart, on the same set
 */
export function spiderOf(
  set: TrainingSet,
  sizes: TrainableSizes,
  parameters: Trainable,
  layerNormEpsilon: number,
  companions: readonly TrainedCompanion[] = [],
): Spider {
  const { width } = sizes;
  return {
    encoder: set.encoder,
    parameters: sharedOf(set, sizes, parameters, layerNormEpsilon),
    ptms: set.ptms.map((ptm, m) => ({
      ...spiderPtmOf(ptm, m, sizes, parameters),
      ...(companions.length > 0 && {
        companionTokens: companions.map(({ tokens }) => tokens.slice(m * width, (m + 1) * width)),
      }),
    })),
    ...(companions.length > 0 && {
      companions: companions.map((companion) => sharedOf(set, sizes, companion, layerNormEpsilon)),
    }),
  };
}

/** What all PTMs share, reading raw class centres. */
function sharedOf(
  { encoderScaling }: TrainingSet,
  { width, encoderWidth }: TrainableSizes,
  parameters: TrainedCompanion,
  layerNormEpsilon: number,
): SpiderParameters {
  const reading = foldScaling(
    matrix(width, encoderWidth, parameters.encoderWeight),
    parameters.encoderBias,
    encoderScaling,
  );
  return {
    width,
    encoderWidth,
    layerNormEpsilon,
    queryWeight: parameters.queryWeight,
    keyWeight: parameters.keyWeight,
    valueWeight: parameters.valueWeight,
    outputWeight: parameters.outputWeight,
    outputBias: parameters.outputBias,
    norm1Gain: parameters.norm1Gain,
    norm1Bias: parameters.norm1Bias,
    norm2Gain: parameters.norm2Gain,
    norm2Bias: parameters.norm2Bias,
    headWeight: parameters.headWeight,
    headBias: parameters.headBias[0]!,
    encoderWeight: reading.weight.values,
    encoderBias: reading.bias,
  };
}

/** What was learned about PTM m of the stack. */
export function spiderPtmOf(
  { id, digest, scaling }: TrainingPtm,
  m: number,
  sizes: TrainableSizes,
  { tokens, projections, projectionBiases }: Pick<Trainable, "tokens" | "projections" | "projectionBiases">,
): SpiderPtm {
  const { width } = sizes;
  const own = (array: Float32Array): Float32Array => array.slice(m * width, (m + 1) * width);
  const folded = foldScaling(
    unstacked(projections, m, scaling.mean.length, sizes),
    own(projectionBiases),
    scaling,
  );
  return { id, digest, token: own(tokens), projection: folded.weight, projectionBias: folded.bias };
}

/** [M, D, d] -> the m-th part, turned to [d, d_m] */
function unstacked(
  projections: Float32Array,
  m: number,
  features: number,
  { width, widestFeatures }: TrainableSizes,
): Matrix {
  const turned = new Float32Array(width * features);
  for (let f = 0; f < features; f++) {
    for (let i = 0; i < width; i++) {
      turned[i * features + f] = projections[(m * widestFeatures + f) * width + i]!;
    }
  }
  return matrix(width, features, turned);
}
