import { z } from "zod";

import { MERGE_POLICIES, type MergePolicy } from "../../engine/ranking/merge-reranked.js";
import type { SessionOptions } from "../../engine/runtime/session.js";
import { writeSnapshot } from "../../engine/spider/snapshot.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import { type Checkpoint, companionOf } from "../../engine/training/checkpoint.js";
import { chooseReranking } from "../../engine/training/choose-reranking.js";
import { derivedSeed } from "../../engine/training/derived-seed.js";
import { spiderOf } from "../../engine/training/spider-of.js";
import { AGGREGATIONS } from "../../engine/training/supervision.js";
import { train, trainableSizes } from "../../engine/training/train.js";
import type { CurvePoint } from "../../engine/training/training-curve-svg.js";
import {
  scoredTasks,
  sourceTask,
  trainingSetOf,
  type TrainingPool,
} from "../../engine/training/training-pool.js";
import { fitnessWithCompanions } from "../../engine/training/validation.js";
import type { SourceOutcomes } from "../../entities/spider-training.js";
import { DomainError } from "../../errors.js";

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
  /** Further estimators that have a say in coarse fitness, trained apart (docs/adr/0035) */
  companions: z.int().min(0).max(16).default(4),
  seed: z.int().default(1),
});

/** Far from the numbers that `train` derives its own seeds from. */
const COMPANION_SEEDS = 1_000_000;

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

/** What a training goes on from and how it is stopped. */
export interface ResumableRun {
  readonly session: SessionOptions;
  /** Of a run with the same pool, recipe and outcomes. */
  readonly resumeFrom?: Checkpoint;
  /** Checked before every step. */
  readonly signal?: AbortSignal;
}

/** After an epoch. */
export interface EpochDone {
  readonly point: CurvePoint;
  readonly checkpoint: Checkpoint;
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
 * @param scored training tasks that a pool has scores of
 * @returns how many of them are learned from
 * @throws DomainError BAD_USER_INPUT if the recipe asks for more
 */
export function requireEnoughTasks(
  scored: number,
  { tasks: wanted, validation, batchSize }: ZooRecipe,
): number {
  const tasks = wanted ?? scored - validation;
  if (tasks >= batchSize && tasks + validation <= scored) return tasks;
  throw new DomainError(
    "BAD_USER_INPUT",
    `The pool has scores of ${scored} training tasks; the recipe asks for ${tasks}, at least a batch of ` +
      `${batchSize}, and ${validation} for validation.`,
  );
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
  const training = trainEpochs(pool, recipe, [], { session });
  const curve: CurvePoint[] = [];
  for (;;) {
    const step = await training.next();
    if (step.done === true) return { ...step.value, curve };
    curve.push(step.value.point);
    onEpoch(step.value.point, epochsOf(recipe));
  }
}

/** All epochs of a training, the companions' included. */
export function epochsOf({ epochs, companions }: Pick<ZooRecipe, "epochs" | "companions">): number {
  return (companions + 1) * epochs;
}

/**
 * The same, epoch by epoch, from any checkpoint on: a resumed run gives the bytes of the unbroken one. The companions are
 * trained one after the other, then the spider itself; their epochs are counted through. Of all epochs the one that ranks the
 * validation tasks best is kept, the later one if two are equal, and on the same tasks it is chosen how many PTMs to run and
 * how to merge them.
 *
 * @param outcomes what was measured on whole sources of the pool: further tasks to learn from
 */
export async function* trainEpochs(
  pool: TrainingPool,
  recipe: ZooRecipe,
  outcomes: readonly SourceOutcomes[],
  { session, resumeFrom, signal }: ResumableRun,
): AsyncGenerator<EpochDone, Omit<TrainedSpider, "curve">, void> {
  const { aggregation, validation, priorWeight, maxGradientNorm, companions: wanted, ...steps } = recipe;
  const tasks = requireEnoughTasks(scoredTasks(pool), recipe);
  const drawn = trainingSetOf(pool, { tasks, validation, aggregation });
  const measured = outcomes.map(({ source, values }) =>
    sourceTask(
      pool,
      source,
      Float64Array.from(pool.ptms, ({ digest }) => values[digest] ?? NaN),
    ),
  );
  const set = { ...drawn, tasks: [...drawn.tasks, ...measured] };
  const sizes = trainableSizes(set, recipe.width);
  const engineRecipe = { ...steps, maxGradientNorm: maxGradientNorm ?? Infinity };
  const companions = [...(resumeFrom?.companions ?? [])];
  let from = resumeFrom;
  for (;;) {
    const done = companions.length;
    const isCompanion = done < wanted;
    const own = isCompanion
      ? { ...engineRecipe, mostRun: 0, seed: derivedSeed(recipe.seed, COMPANION_SEEDS + done) }
      : engineRecipe;
    let best = from?.best;
    const run = { session, ...(from && { resumeFrom: from.state }), ...(signal && { signal }) };
    for await (const { epoch, loss, validationTau, state } of train(set, own, run)) {
      if (best === undefined || !(validationTau < best.validationTau)) {
        best = { epoch, validationTau, parameters: state.parameters };
      }
      const point = { epoch: done * recipe.epochs + epoch, loss, validationTau };
      yield { point, checkpoint: { state, best, companions: [...companions] } };
    }
    from = undefined;
    if (!isCompanion) {
      const spider = spiderOf(set, sizes, best!.parameters, recipe.layerNormEpsilon, companions);
      const coarse = await fitnessWithCompanions(
        spider,
        set.validation.map(({ taskToken }) => taskToken),
        session,
      );
      return writeSnapshot(
        spider,
        `orb train, ${tasks} training tasks, ${pool.ptms.length} PTMs`,
        {
          ...recipe,
          tasks,
          metrics: [...pool.metrics],
          drawnBySeed: pool.seed,
          ...(validation > 0 && {
            ...chooseReranking(spider, set.validation, coarse, policiesFor(priorWeight)),
            epochOfBest: best!.epoch,
          }),
        },
        priorWeight,
      );
    }
    companions.push(companionOf(best!.parameters));
  }
}

/** Validation tasks have no outcomes, so no prior: how it does in a full list cannot be tried on them. */
function policiesFor(priorWeight: number): readonly MergePolicy[] {
  return priorWeight > 0 ? MERGE_POLICIES.filter((policy) => policy !== "FULL_LIST") : MERGE_POLICIES;
}
