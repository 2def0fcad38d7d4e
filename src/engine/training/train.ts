import { uniformStream } from "../random.js";
import { Session, type SessionOptions } from "../runtime/session.js";
import { dropoutFeeds, targetFeeds, taskFeeds, type Feeds } from "./batch.js";
import { derivedSeed } from "./derived-seed.js";
import { drawWithout } from "./draw-without.js";
import { initialParameters } from "./initial-parameters.js";
import { cosineRate } from "./schedule.js";
import { batchFitnessGraph, stepGraph } from "./step-graph.js";
import { drawOrder } from "./supervision.js";
import { PARAMETER_NAMES, type TrainableSizes } from "./trainable.js";
import { scaleTasks, withRuns, type ScaledTask, type TrainingSet } from "./training-set.js";
import { brokenParameter, freshState, runStep, type TrainingState } from "./training-state.js";
import { meanTau } from "./validation.js";

/** How to learn; everything that decides the result beside the training set. */
export interface Recipe {
  /** d */
  readonly width: number;
  readonly epochs: number;
  /** Tasks a step */
  readonly batchSize: number;
  /** Of Adam, at the first and at the last step; a cosine in between */
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly weightDecay: number;
  /** Share of attention weights and of attended values that a step leaves out, [0, 1) */
  readonly dropout: number;
  /** Infinity: gradients are not clipped */
  readonly maxGradientNorm: number;
  /** A batch runs k PTMs on each task, k drawn evenly from 0 to this */
  readonly mostRun: number;
  /** How much the head of the list counts more, see positionWeights; 0 is the authors' loss */
  readonly headDecay: number;
  readonly layerNormEpsilon: number;
  readonly seed: number;
}

/** After an epoch. */
export interface TrainingProgress {
  /** Epochs done */
  readonly epoch: number;
  /** Mean over the epoch's steps */
  readonly loss: number;
  /** Mean tau_w of the coarse fitness on the validation tasks, targets first; NaN without validation tasks */
  readonly validationTau: number;
  /** A checkpoint: `train` goes on from it as if it had never stopped */
  readonly state: TrainingState;
}

export interface TrainingRun {
  readonly session: SessionOptions;
  /** A checkpoint of a run with the same set and recipe, at the end of an epoch */
  readonly resumeFrom?: TrainingState;
  /** Checked before every step */
  readonly signal?: AbortSignal;
}

export function trainableSizes({ ptms, encoderScaling }: TrainingSet, width: number): TrainableSizes {
  return {
    ptms: ptms.length,
    width,
    encoderWidth: encoderScaling.mean.length,
    widestFeatures: Math.max(...ptms.map(({ scaling }) => scaling.mean.length)),
  };
}

/**
 * Learns a spider, yielding after every epoch; who stops asking stops the training. The last yield is the result;
 * spiderOf turns its state into a Spider.
 *
 * The result is a pure function of set and recipe on one machine: every epoch draws from a stream of its own, so a
 * resumed run is byte for byte the unbroken one. Tasks that do not fill a last batch wait for another epoch's order.
 *
 * @throws RangeError if there are fewer tasks than a batch holds, the checkpoint is not of such a run, or training
 *   diverges; the signal's reason if aborted
 */
export async function* train(
  set: TrainingSet,
  recipe: Recipe,
  { session, resumeFrom, signal }: TrainingRun,
): AsyncGenerator<TrainingProgress, void, void> {
  const { width, epochs, batchSize, layerNormEpsilon, seed, mostRun } = recipe;
  const stepsPerEpoch = Math.floor(set.tasks.length / batchSize);
  if (stepsPerEpoch < 1) {
    throw new RangeError(
      `train: a batch holds ${batchSize} tasks, got only ${set.tasks.length} to learn from`,
    );
  }
  const sizes = trainableSizes(set, width);
  const featureWidths = set.ptms.map(({ scaling }) => scaling.mean.length);
  const tasks = scaleTasks(set.tasks, set.encoderScaling);
  const validation = scaleTasks(set.validation, set.encoderScaling);
  const sessions: Session[] = [];
  const open = async (graph: Uint8Array): Promise<Session> => {
    const opened = await Session.open(graph, session);
    sessions.push(opened);
    return opened;
  };
  try {
    const options = { sizes, layerNormEpsilon, trained: PARAMETER_NAMES, frozenPtms: 0 };
    const dropout = recipe.dropout > 0;
    const coarseStep = await open(stepGraph({ ...options, dropout, specific: false }));
    const specificStep =
      mostRun > 0 ? await open(stepGraph({ ...options, dropout, specific: true })) : coarseStep;
    const fitness = await open(batchFitnessGraph({ ...options, specific: false }));
    let state =
      resumeFrom ?? freshState(sizes, initialParameters(sizes, featureWidths, derivedSeed(seed, 0)));
    for (let epoch = epochsDone(state, stepsPerEpoch); epoch < epochs; epoch++) {
      const random = uniformStream(derivedSeed(seed, epoch + 1));
      const order = drawWithout(tasks, tasks.length, random);
      let loss = 0;
      for (let step = 0; step < stepsPerEpoch; step++) {
        signal?.throwIfAborted();
        const chosen = order.slice(step * batchSize, (step + 1) * batchSize);
        const batch = drawBatch(chosen, set, sizes, recipe, random);
        const result = await runStep(
          "slotMask" in batch ? specificStep : coarseStep,
          sizes,
          state,
          PARAMETER_NAMES,
          batch,
          { ...recipe, learningRate: rateAt(state.step, stepsPerEpoch, recipe) },
        );
        loss += result.loss / stepsPerEpoch;
        state = result.state;
      }
      const broken = brokenParameter(state);
      if (broken !== undefined || !Number.isFinite(loss)) {
        throw new RangeError(
          `train: diverged in epoch ${epoch + 1} (loss ${loss}, ${broken ?? "parameters finite"})`,
        );
      }
      const tau = await meanTau(fitness, sizes, state.parameters, validation, batchSize);
      yield { epoch: epoch + 1, loss, validationTau: tau, state };
    }
  } finally {
    for (const opened of sessions) await opened.release();
  }
}

function epochsDone({ step }: TrainingState, stepsPerEpoch: number): number {
  if (step % stepsPerEpoch !== 0) {
    throw new RangeError(
      `train: a checkpoint must be the end of an epoch of ${stepsPerEpoch} steps, got one after step ${step}`,
    );
  }
  return step / stepsPerEpoch;
}

function rateAt(
  step: number,
  stepsPerEpoch: number,
  { epochs, learningRate, finalLearningRate }: Recipe,
): number {
  return cosineRate(step, stepsPerEpoch * epochs, learningRate, finalLearningRate);
}

function drawBatch(
  tasks: readonly ScaledTask[],
  { ptms }: TrainingSet,
  sizes: TrainableSizes,
  { mostRun, dropout, headDecay }: Recipe,
  random: () => number,
): Feeds {
  const count = Math.floor(random() * (mostRun + 1));
  const feeds = taskFeeds(
    // A PTM without a target was not run on the task's samples either.
    tasks.map((task) => {
      const measured = [...ptms.keys()].filter((ptm) => !Number.isNaN(task.target[ptm]!));
      return withRuns(task, ptms, measured, count, random);
    }),
    sizes,
  );
  const orders = tasks.map(({ target }) => drawOrder(target, random));
  return {
    ...feeds,
    ...targetFeeds(orders, ptms.length, headDecay),
    ...(dropout > 0 ? dropoutFeeds(feeds, sizes, dropout, random) : {}),
  };
}
