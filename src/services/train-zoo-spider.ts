import { z } from "zod";

import type { SessionOptions } from "../engine/runtime/session.js";
import { writeSnapshot } from "../engine/spider/snapshot.js";
import type { SnapshotManifest } from "../engine/spider/snapshot-manifest.js";
import { spiderOf } from "../engine/training/spider-of.js";
import { AGGREGATIONS } from "../engine/training/supervision.js";
import { train, trainableSizes, type TrainingProgress } from "../engine/training/train.js";
import type { CurvePoint } from "../engine/training/training-curve-svg.js";
import { scoredTasks, trainingSetOf, type TrainingPool } from "../engine/training/training-pool.js";
import { DomainError } from "../errors.js";

/**
 * How the demo zoo's spider is trained. The defaults were chosen by leaving one public task out;
 * bench/results/training-log.md has every try.
 */
const recipeSchema = z.strictObject({
  width: z.int().min(1).max(4096).default(128),
  epochs: z.int().min(1).max(1000).default(8),
  batchSize: z.int().min(1).max(1024).default(16),
  learningRate: z.number().positive().default(1e-3),
  finalLearningRate: z.number().positive().default(1e-5),
  weightDecay: z.number().min(0).default(0.3),
  dropout: z.number().min(0).lt(1).default(0.3),
  /** null: not clipped (JSON has no Infinity) */
  maxGradientNorm: z.number().positive().nullable().default(null),
  mostRun: z.int().min(0).default(10),
  headDecay: z.number().min(0).default(0),
  layerNormEpsilon: z.number().positive().default(1e-5),
  aggregation: z.enum(AGGREGATIONS).default("Z_SUM"),
  /** Training tasks; null: all that the pool has, less those for validation */
  tasks: z.int().min(1).nullable().default(null),
  validation: z.int().min(0).default(100),
  priorWeight: z.number().min(0).max(10).default(0.75),
  seed: z.int().default(1),
});

export type ZooRecipe = z.infer<typeof recipeSchema>;

export interface TrainedSpider {
  readonly weights: Uint8Array;
  readonly manifest: SnapshotManifest;
  readonly curve: readonly CurvePoint[];
}

export interface TrainingWatch {
  readonly session: SessionOptions;
  readonly onEpoch: (done: CurvePoint, epochs: number) => void;
}

/**
 * @param given what differs from the defaults
 * @throws DomainError BAD_USER_INPUT naming every field that does not fit
 */
export function parseRecipe(given: unknown): ZooRecipe {
  const parsed = recipeSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "recipe"}: ${message}`);
  throw new DomainError("BAD_USER_INPUT", `The recipe is wrong: ${faults.join("; ")}.`);
}

/**
 * Learns a spider from a measured pool. The same pool and recipe give the same bytes on one machine.
 *
 * @throws DomainError BAD_USER_INPUT if the pool has scores of too few tasks for the recipe
 */
export async function trainZooSpider(
  pool: TrainingPool,
  recipe: ZooRecipe,
  { session, onEpoch }: TrainingWatch,
): Promise<TrainedSpider> {
  const { aggregation, validation, priorWeight, maxGradientNorm, ...steps } = recipe;
  const tasks = recipe.tasks ?? scoredTasks(pool) - validation;
  if (tasks < recipe.batchSize || tasks + validation > scoredTasks(pool)) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `The pool has scores of ${scoredTasks(pool)} training tasks; the recipe asks for ${tasks}, at least a batch of ` +
        `${recipe.batchSize}, and ${validation} for validation.`,
    );
  }
  const set = trainingSetOf(pool, { tasks, validation, aggregation });
  const engineRecipe = { ...steps, maxGradientNorm: maxGradientNorm ?? Infinity };
  const curve: CurvePoint[] = [];
  let last: TrainingProgress | undefined;
  for await (const progress of train(set, engineRecipe, { session })) {
    last = progress;
    const { epoch, loss, validationTau } = progress;
    curve.push({ epoch, loss, validationTau });
    onEpoch(curve.at(-1)!, recipe.epochs);
  }
  const sizes = trainableSizes(set, recipe.width);
  const spider = spiderOf(set, sizes, last!.state.parameters, recipe.layerNormEpsilon);
  const { weights, manifest } = writeSnapshot(
    spider,
    `orb train, ${tasks} training tasks, ${pool.ptms.length} PTMs`,
    { ...recipe, tasks, metrics: [...pool.metrics], drawnBySeed: pool.seed },
    priorWeight,
  );
  return { weights, manifest, curve };
}
