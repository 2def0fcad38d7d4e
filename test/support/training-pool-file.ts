import { npzOf, textArray } from "../../src/archives/npz-writer.js";
import { encodeBytes } from "../../src/archives/column-codes.js";
import { scoredTasks, type TrainingPool } from "../../src/engine/training/training-pool.js";

/** A training pool as the file that archives/training-pool.ts reads. */
export async function trainingPoolFile(
  pool: TrainingPool,
  sourceNames: readonly string[],
): Promise<Uint8Array> {
  const { labels, encoder, encoderFeatures, ptms, metrics, scores } = pool;
  const { codes, low, step } = encodeBytes(encoderFeatures);
  return npzOf([
    ["labels", "<i4", [labels.labels.length], labels.labels],
    ["sources", "<i4", [labels.sources.length], labels.sources],
    textArray("source_names", sourceNames),
    textArray("encoder", [encoder.id, encoder.digest]),
    ["encoder.codes", "|u1", [encoderFeatures.rows, encoderFeatures.columns], codes],
    ["encoder.low", "<f4", [low.length], low],
    ["encoder.step", "<f4", [step.length], step],
    textArray(
      "ptms",
      ptms.map(({ id }) => id),
    ),
    textArray(
      "sha256",
      ptms.map(({ digest }) => digest),
    ),
    ...ptms.flatMap(({ id, scaling, classCentres }) => [
      [`${id}.centres`, "<f4", [classCentres.rows, classCentres.columns], classCentres.values] as const,
      [`${id}.mean`, "<f8", [scaling.mean.length], scaling.mean] as const,
      [`${id}.inverse_deviation`, "<f8", [scaling.mean.length], scaling.inverseDeviation] as const,
    ]),
    ["seed", "<i4", [1], Int32Array.of(pool.seed)],
    textArray("metrics", metrics),
    ["scores", "<f4", [scoredTasks(pool), metrics.length, ptms.length], scores],
  ]);
}
