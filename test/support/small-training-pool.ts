import { matrix } from "../../src/engine/matrix.js";
import { uniformStream } from "../../src/engine/random.js";
import type { TrainingPool } from "../../src/engine/training/training-pool.js";

export const POOL_CLASSES = 12;
const SAMPLES_PER_CLASS = 10;
const ENCODER_WIDTH = 6;
const PTM_WIDTHS = [4, 5, 3];

/** A pool of 2 sources x 6 classes x 10 samples and 3 PTMs, with scores of as many tasks as asked for; all by the seed. */
export function smallTrainingPool(tasks: number, seed = 1): TrainingPool {
  const random = uniformStream(seed);
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1);
  const samples = POOL_CLASSES * SAMPLES_PER_CLASS;
  const labels = Int32Array.from({ length: samples }, (_, i) => Math.floor(i / SAMPLES_PER_CLASS));
  return {
    labels: { labels, sources: labels.map((label) => label % 2) },
    encoder: { id: "encoder", digest: "e".repeat(64) },
    encoderFeatures: matrix(samples, ENCODER_WIDTH, values(samples * ENCODER_WIDTH)),
    ptms: PTM_WIDTHS.map((width, m) => ({
      id: `ptm-${m}`,
      digest: String(m).repeat(64),
      scaling: {
        mean: Float64Array.from(values(width)),
        inverseDeviation: Float64Array.from(values(width), (value) => 1 + value / 2),
      },
      classCentres: matrix(POOL_CLASSES, width, values(POOL_CLASSES * width)),
    })),
    seed: 9,
    metrics: ["H_SCORE_SHRINKAGE", "K_NN"],
    scores: values(tasks * 2 * PTM_WIDTHS.length),
  };
}
