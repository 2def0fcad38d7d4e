import { matrix, type Matrix } from "../../src/engine/matrix.js";
import { uniformStream } from "../../src/engine/random.js";
import { measureScaling } from "../../src/engine/training/feature-scaling.js";
import type { TrainingSet, TrainingTask } from "../../src/engine/training/training-set.js";

export const FEATURE_WIDTHS = [6, 4, 5, 6];
const ENCODER_WIDTH = 8;

function scattered(rows: number, columns: number, random: () => number): Matrix {
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => 2 * random() - 1),
  );
}

/**
 * Tasks whose best PTM can be read off the task token: PTM m is as good as the mean of the token's column m, and the
 * last PTM is always a little better than the first. A spider that learns at all learns this.
 */
export function smallTask(seed: number): TrainingTask {
  const random = uniformStream(seed);
  const classes = 2 + Math.floor(random() * 4);
  const taskToken = scattered(classes, ENCODER_WIDTH, random);
  const target = Float64Array.from(FEATURE_WIDTHS, (_, m) => {
    let sum = 0;
    const last = m === FEATURE_WIDTHS.length - 1;
    for (let c = 0; c < classes; c++) sum += taskToken.values[c * ENCODER_WIDTH + (last ? 0 : m)]!;
    return sum / classes + (last ? 0.2 : 0);
  });
  const specific = FEATURE_WIDTHS.map((width) => scattered(classes, width, random));
  return { taskToken, target, specificToken: (ptm) => specific[ptm]! };
}

export function smallTrainingSet(tasks: number, validation: number): TrainingSet {
  const scalingOf = (width: number, seed: number) =>
    measureScaling(scattered(100, width, uniformStream(seed)));
  return {
    encoder: { id: "encoder", digest: "e".repeat(64) },
    encoderScaling: scalingOf(ENCODER_WIDTH, 1),
    ptms: FEATURE_WIDTHS.map((width, m) => ({
      id: `ptm-${m}`,
      digest: String(m).padStart(64, "0"),
      scaling: scalingOf(width, 2 + m),
    })),
    tasks: Array.from({ length: tasks }, (_, i) => smallTask(1000 + i)),
    validation: Array.from({ length: validation }, (_, i) => smallTask(900_000 + i)),
  };
}
