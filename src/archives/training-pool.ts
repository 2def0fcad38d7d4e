import { matrix, type Matrix } from "../engine/matrix.js";
import type { EncoderReference } from "../engine/spider/spider.js";
import type { FeatureScaling } from "../engine/training/feature-scaling.js";
import type { PoolLabels } from "../engine/training/sample-task.js";
import type { TrainingPool } from "../engine/training/training-pool.js";
import type { ArchiveLimits } from "./archive-limits.js";
import { encodeBytes } from "./column-codes.js";
import { ExpectedArrays } from "./expected-arrays.js";
import { npzOf, textArray } from "./npz-writer.js";
import { readNpz } from "./npz.js";

/**
 * Reads an .npz of a training pool; scripts/measure-pool.mjs writes it. Letters as in TrainingPool, D a network's features.
 *
 * - `labels`, `sources` int32 [n]; classes are numbered 0 to K - 1
 * - `encoder` texts [2]: id and SHA-256; `encoder.codes` uint8 [n, d_psi] with `encoder.low`, `encoder.step` float32
 *   [d_psi]: a feature is low + step * code, which is off by at most 1/510 of the feature's range
 * - `ptms`, `sha256` texts [M]; for each PTM `<ptm>.centres` float32 [K, D], `<ptm>.mean` and `<ptm>.inverse_deviation`
 *   float64 [D]
 * - optionally `source_names` texts [S]: sources are numbered in their order
 * - `seed` int32 [1], `metrics` texts [V], `scores` float32 [T, V, M]
 *
 * @throws DomainError BAD_USER_INPUT naming the array that is missing or of another type or shape
 */
export async function readTrainingPool(path: string, limits: ArchiveLimits): Promise<TrainingPool> {
  const arrays = new ExpectedArrays("A training pool needs", await readNpz(path, limits));
  const labels = arrays.numbers("labels", "i4", [null]).values as Int32Array;
  const sources = arrays.numbers("sources", "i4", [labels.length]).values as Int32Array;
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const digests = arrays.texts("sha256");
  const ptms = arrays.texts("ptms").map((id, m) => {
    const centres = arrays.numbers(`${id}.centres`, "f4", [classes, null]);
    const width = centres.shape[1]!;
    const scaling: FeatureScaling = {
      mean: arrays.numbers(`${id}.mean`, "f8", [width]).values as Float64Array,
      inverseDeviation: arrays.numbers(`${id}.inverse_deviation`, "f8", [width]).values as Float64Array,
    };
    const classCentres = matrix(classes, width, centres.values as Float32Array);
    return { id, digest: digests[m] ?? "", scaling, classCentres };
  });
  const metrics = arrays.texts("metrics");
  const [encoderId = "", encoderDigest = ""] = arrays.texts("encoder");
  return {
    labels: { sources, labels },
    encoder: { id: encoderId, digest: encoderDigest },
    encoderFeatures: decodedFeatures(arrays, labels.length),
    ptms,
    seed: (arrays.numbers("seed", "i4", [1]).values as Int32Array)[0]!,
    metrics,
    scores: arrays.numbers("scores", "f4", [null, metrics.length, ptms.length]).values as Float32Array,
  };
}

/** The names of a training pool's sources, by number. */
export async function readSourceNames(path: string, limits: ArchiveLimits): Promise<readonly string[]> {
  const arrays = new ExpectedArrays(
    "A training pool of named sources needs",
    await readNpz(path, limits, ["source_names"]),
  );
  return arrays.texts("source_names");
}

/** What a pool file holds before any PTM was measured. */
export interface BarePool {
  readonly labels: PoolLabels;
  readonly sourceNames: readonly string[];
  readonly encoder: EncoderReference;
  /** Shape [n, d_psi] */
  readonly encoderFeatures: Matrix;
  readonly seed: number;
  readonly metrics: readonly string[];
}

/** A training pool's file without PTMs: these are measured later, one by one, and kept beside it. */
export async function barePoolFile(pool: BarePool): Promise<Uint8Array> {
  const { labels, encoder, encoderFeatures, seed, metrics } = pool;
  const { codes, low, step } = encodeBytes(encoderFeatures);
  return npzOf([
    ["labels", "<i4", [labels.labels.length], labels.labels],
    ["sources", "<i4", [labels.sources.length], labels.sources],
    textArray("source_names", pool.sourceNames),
    textArray("encoder", [encoder.id, encoder.digest]),
    ["encoder.codes", "|u1", [encoderFeatures.rows, encoderFeatures.columns], codes],
    ["encoder.low", "<f4", [low.length], low],
    ["encoder.step", "<f4", [step.length], step],
    textArray("ptms", []),
    textArray("sha256", []),
    ["seed", "<i4", [1], Int32Array.of(seed)],
    textArray("metrics", metrics),
    ["scores", "<f4", [0, metrics.length, 0], new Float32Array()],
  ]);
}

function decodedFeatures(arrays: ExpectedArrays, samples: number): Matrix {
  const codes = arrays.numbers("encoder.codes", "u1", [samples, null]);
  const width = codes.shape[1]!;
  const low = arrays.numbers("encoder.low", "f4", [width]).values as Float32Array;
  const step = arrays.numbers("encoder.step", "f4", [width]).values as Float32Array;
  const values = Float32Array.from(codes.values as Uint8Array, (code, i) => {
    return low[i % width]! + step[i % width]! * code;
  });
  return matrix(samples, width, values);
}
