import { createHash } from "node:crypto";

import { matrix, requireFinite } from "../matrix.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import type { StoredTensor } from "./safetensors.js";
import { parseSnapshotManifest } from "./snapshot-manifest.js";
import type { SnapshotManifest } from "./snapshot-manifest.js";
import { companionsOf, parameterShapes, requireParameters, tokenMatrix } from "./spider.js";
import type { Companion, Spider, SpiderParameters, SpiderPtm } from "./spider.js";

/** The names of the shared arrays in the file, after the modules that trained them. */
const TENSOR_NAMES = {
  encoderWeight: "encoder_projection.weight",
  encoderBias: "encoder_projection.bias",
  queryWeight: "attention.query.weight",
  keyWeight: "attention.key.weight",
  valueWeight: "attention.value.weight",
  outputWeight: "attention.output.weight",
  outputBias: "attention.output.bias",
  norm1Gain: "norm_1.weight",
  norm1Bias: "norm_1.bias",
  norm2Gain: "norm_2.weight",
  norm2Bias: "norm_2.bias",
  headWeight: "head.weight",
} as const;

type SharedArray = keyof typeof TENSOR_NAMES;
const SHARED_ARRAYS = Object.keys(TENSOR_NAMES) as SharedArray[];

/**
 * Reads a spider from its two files. Whatever does not fit is refused by name: nothing of a bad snapshot reaches a
 * ranking.
 *
 * @param weights  the safetensors file
 * @param manifest the parsed JSON manifest
 * @throws RangeError if the digest, a field, a tensor's name or shape, or a value does not fit
 */
export function readSnapshot(
  weights: Uint8Array,
  manifest: unknown,
): { spider: Spider; manifest: SnapshotManifest } {
  const checked = parseSnapshotManifest(manifest);
  const digest = sha256(weights);
  if (digest !== checked.sha256) {
    throw new RangeError(`spider snapshot: the manifest belongs to weights ${checked.sha256}, got ${digest}`);
  }
  const tensors = new TensorReader(readSafetensors(weights));
  const { width } = checked;
  const { tokens, parameters } = takeEstimator(tensors, checked, "");
  const companions = Array.from({ length: checked.companions ?? 0 }, (_, i) =>
    takeEstimator(tensors, checked, companionPrefix(i)),
  );
  const ptms = checked.ptms.map(({ id, sha256, featureWidth }, m): SpiderPtm => {
    const own = (rows: Float32Array): Float32Array => rows.subarray(m * width, (m + 1) * width);
    return {
      id,
      digest: sha256,
      token: own(tokens),
      projection: matrix(
        width,
        featureWidth,
        tensors.take(`ptm_projection.${id}.weight`, [width, featureWidth]),
      ),
      projectionBias: tensors.take(`ptm_projection.${id}.bias`, [width]),
      ...(companions.length > 0 && { companionTokens: companions.map(({ tokens }) => own(tokens)) }),
    };
  });
  tensors.requireNothingLeft();
  return {
    spider: {
      encoder: { id: checked.encoder.id, digest: checked.encoder.sha256 },
      parameters,
      ptms,
      ...(companions.length > 0 && { companions: companions.map((companion) => companion.parameters) }),
    },
    manifest: checked,
  };
}

/**
 * Writes a spider as two files; the same spider always gives the same bytes.
 *
 * @param madeBy          one line for people: what trained it, on what
 * @param hyperparameters what a reader needs to train it again
 * @param priorWeight     how much outcomes on other tasks count in its rankings; 0 is not written
 * @throws RangeError if the spider's arrays do not fit its widths or are not finite
 */
export function writeSnapshot(
  spider: Spider,
  madeBy: string,
  hyperparameters: NonNullable<SnapshotManifest["hyperparameters"]>,
  priorWeight = 0,
): { weights: Uint8Array; manifest: SnapshotManifest } {
  const { encoder, parameters, ptms } = spider;
  const { width, encoderWidth, layerNormEpsilon } = parameters;
  const companions = companionsOf(spider);
  const tensors = new Map<string, StoredTensor>();
  const put = (name: string, shape: readonly number[], values: Float32Array): void => {
    requireFinite(`writeSnapshot: ${name}`, values);
    tensors.set(name, { shape, values });
  };
  const shapes = { ...parameterShapes(width, encoderWidth), headWeight: [1, width] };
  const putEstimator = (prefix: string, estimator: Companion): void => {
    requireParameters("writeSnapshot", estimator.parameters);
    put(`${prefix}ptm_tokens`, [ptms.length, width], estimator.tokens.values);
    for (const name of SHARED_ARRAYS) {
      put(prefix + TENSOR_NAMES[name], shapes[name], estimator.parameters[name]);
    }
    put(`${prefix}head.bias`, [1], Float32Array.of(estimator.parameters.headBias));
  };
  putEstimator("", { parameters, tokens: tokenMatrix(ptms, width) });
  companions.forEach((companion, i) => putEstimator(companionPrefix(i), companion));
  for (const { id, projection, projectionBias } of ptms) {
    put(`ptm_projection.${id}.weight`, [width, projection.columns], projection.values);
    put(`ptm_projection.${id}.bias`, [width], projectionBias);
  }
  const weights = writeSafetensors(tensors);
  const manifest = parseSnapshotManifest({
    format: "safetensors, row-major float32, Linear weights [out, in]",
    width,
    heads: 1,
    layerNormEpsilon,
    encoder: { id: encoder.id, sha256: encoder.digest, width: encoderWidth },
    ptms: ptms.map(({ id, digest, projection }) => ({
      id,
      sha256: digest,
      featureWidth: projection.columns,
    })),
    ...(companions.length > 0 && { companions: companions.length }),
    sha256: sha256(weights),
    madeBy,
    ...(priorWeight > 0 ? { priorWeight } : {}),
    hyperparameters,
  });
  return { weights, manifest };
}

const companionPrefix = (i: number): string => `companion.${i}.`;

/** An estimator's shared arrays and its tokens, [M, d], under a prefix of their names. */
function takeEstimator(
  tensors: TensorReader,
  { width, encoder, layerNormEpsilon, ptms }: SnapshotManifest,
  prefix: string,
): { tokens: Float32Array; parameters: SpiderParameters } {
  const shapes: Record<SharedArray, number[]> = {
    ...parameterShapes(width, encoder.width),
    headWeight: [1, width], // a Linear with one output
  };
  return {
    tokens: tensors.take(`${prefix}ptm_tokens`, [ptms.length, width]),
    parameters: {
      width,
      encoderWidth: encoder.width,
      layerNormEpsilon,
      ...(Object.fromEntries(
        SHARED_ARRAYS.map((name) => [name, tensors.take(prefix + TENSOR_NAMES[name], shapes[name])]),
      ) as Record<SharedArray, Float32Array>),
      headBias: tensors.take(`${prefix}head.bias`, [1])[0]!,
    },
  };
}

/** Hands out tensors once each, so that a missing, misshapen or surplus one is noticed. */
class TensorReader {
  constructor(private readonly tensors: Map<string, StoredTensor>) {}

  take(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new RangeError(`spider snapshot: tensor ${name} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw new RangeError(
        `spider snapshot: tensor ${name} must be [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      );
    }
    requireFinite(`spider snapshot: tensor ${name}`, tensor.values);
    this.tensors.delete(name);
    return tensor.values;
  }

  requireNothingLeft(): void {
    const [surplus] = this.tensors.keys();
    if (surplus !== undefined) {
      throw new RangeError(`spider snapshot: tensor ${surplus} belongs to no PTM of the manifest`);
    }
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
