import { matrix } from "../matrix.js";
import type { Matrix } from "../matrix.js";

/**
 * What all PTMs of a spider share. Weight matrices are row-major [out, in], as PyTorch's Linear keeps them.
 * Letters: d token width, d_psi width of the general encoder, d_m width of PTM m's features.
 */
export interface SpiderParameters {
  /** d */
  readonly width: number;
  /** d_psi */
  readonly encoderWidth: number;
  readonly layerNormEpsilon: number;
  /** W_Q [d, d] */
  readonly queryWeight: Float32Array;
  /** W_K [d, d] */
  readonly keyWeight: Float32Array;
  /** W_V [d, d] */
  readonly valueWeight: Float32Array;
  /** W_O [d, d] */
  readonly outputWeight: Float32Array;
  /** b_O [d] */
  readonly outputBias: Float32Array;
  /** LayerNorm_1, behind the attention: gain and bias [d] */
  readonly norm1Gain: Float32Array;
  readonly norm1Bias: Float32Array;
  /** LayerNorm_2, in front of the head: gain and bias [d] */
  readonly norm2Gain: Float32Array;
  readonly norm2Bias: Float32Array;
  /** w [d] */
  readonly headWeight: Float32Array;
  /** b */
  readonly headBias: number;
  /** U [d, d_psi] */
  readonly encoderWeight: Float32Array;
  /** u [d] */
  readonly encoderBias: Float32Array;
}

/** What a spider learned about one PTM. */
export interface SpiderPtm {
  readonly id: string;
  /** SHA-256 of the PTM's artifact: the token speaks for exactly these weights. */
  readonly digest: string;
  /** theta_m [d] */
  readonly token: Float32Array;
  /** P_m [d, d_m]: takes specific tokens into the spider's space */
  readonly projection: Matrix;
  /** p_m [d] */
  readonly projectionBias: Float32Array;
  /** theta_m [d] of each companion, in their order; absent where there are none, and for a PTM that joined later */
  readonly companionTokens?: readonly Float32Array[];
}

/** The frozen network whose class centres a spider reads; tokens of another encoder mean nothing to it. */
export interface EncoderReference {
  readonly id: string;
  readonly digest: string;
}

/** The learned estimator: one immutable value per version. */
export interface Spider {
  readonly encoder: EncoderReference;
  readonly parameters: SpiderParameters;
  readonly ptms: readonly SpiderPtm[];
  /**
   * Further estimators of the same widths, trained apart, that have a say in coarse fitness (ranking/with-companions.ts). They
   * never see a run: specific rows are the spider's own.
   */
  readonly companions?: readonly SpiderParameters[];
}

/** A companion with its own tokens of the PTMs that it knows, in the order of placesOfCompanions. */
export interface Companion {
  readonly parameters: SpiderParameters;
  /** Shape [K, d] */
  readonly tokens: Matrix;
}

/** The PTMs that a spider's companions know, by their places. */
export function placesOfCompanions({
  companions = [],
  ptms,
}: Pick<Spider, "companions" | "ptms">): Int32Array {
  const knows = ({ companionTokens }: SpiderPtm): boolean => companionTokens?.length === companions.length;
  return Int32Array.from([...ptms.keys()].filter((m) => companions.length > 0 && knows(ptms[m]!)));
}

/** The companions of a spider, each with its tokens in the order of `placesOfCompanions`. */
export function companionsOf(spider: Pick<Spider, "companions" | "ptms">): Companion[] {
  const known = [...placesOfCompanions(spider)].map((m) => spider.ptms[m]!);
  return (spider.companions ?? []).map((parameters, i) => ({
    parameters,
    tokens: tokenMatrix(
      known.map(({ id, companionTokens }) => ({ id, token: companionTokens![i]! })),
      parameters.width,
    ),
  }));
}

type ParameterArray = Exclude<
  keyof SpiderParameters,
  "width" | "encoderWidth" | "layerNormEpsilon" | "headBias"
>;

/** The shape of every array of SpiderParameters, in the order in which a snapshot stores them. */
export function parameterShapes(width: number, encoderWidth: number): Record<ParameterArray, number[]> {
  return {
    encoderWeight: [width, encoderWidth],
    encoderBias: [width],
    queryWeight: [width, width],
    keyWeight: [width, width],
    valueWeight: [width, width],
    outputWeight: [width, width],
    outputBias: [width],
    norm1Gain: [width],
    norm1Bias: [width],
    norm2Gain: [width],
    norm2Bias: [width],
    headWeight: [width],
  };
}

/**
 * Refuses parameters whose arrays do not fit their widths or are not finite, with the name of the array.
 *
 * @param who the calling function, for the message
 * @throws RangeError at the first array that does not fit
 */
export function requireParameters(who: string, parameters: SpiderParameters): void {
  const { width, encoderWidth, layerNormEpsilon, headBias } = parameters;
  if (!Number.isInteger(width) || width < 1 || !Number.isInteger(encoderWidth) || encoderWidth < 1) {
    throw new RangeError(`${who}: widths must be integers >= 1, got ${width} and ${encoderWidth}`);
  }
  if (!(layerNormEpsilon > 0 && Number.isFinite(layerNormEpsilon))) {
    throw new RangeError(`${who}: layerNormEpsilon must be positive, got ${layerNormEpsilon}`);
  }
  if (!Number.isFinite(headBias)) throw new RangeError(`${who}: headBias must be finite, got ${headBias}`);
  const shapes = parameterShapes(width, encoderWidth);
  for (const name of Object.keys(shapes) as ParameterArray[]) {
    const expected = shapes[name].reduce((product, size) => product * size, 1);
    const array = parameters[name];
    if (array.length !== expected) {
      throw new RangeError(
        `${who}: ${name} must hold [${shapes[name].join(", ")}] values, got ${array.length}`,
      );
    }
    const bad = array.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new RangeError(`${who}: ${name} must be finite, got ${array[bad]} at index ${bad}`);
  }
}

/**
 * Gathers PTM tokens into one contiguous array, as the zoo's scorer wants them.
 *
 * @returns shape [M, d], in the order of `ptms`
 * @throws RangeError if a token has another width
 */
export function tokenMatrix(ptms: readonly Pick<SpiderPtm, "id" | "token">[], width: number): Matrix {
  const tokens = new Float32Array(ptms.length * width);
  ptms.forEach(({ id, token }, m) => {
    if (token.length !== width) {
      throw new RangeError(`tokenMatrix: the token of ${id} must hold ${width} values, got ${token.length}`);
    }
    tokens.set(token, m * width);
  });
  return matrix(ptms.length, width, tokens);
}
