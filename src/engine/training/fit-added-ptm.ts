import type { Matrix } from "../matrix.js";
import { uniformStream } from "../random.js";
import { Session, type SessionOptions } from "../runtime/session.js";
import type { Spider, SpiderPtm } from "../spider/spider.js";
import { targetFeeds, taskFeeds } from "./batch.js";
import { derivedSeed } from "./derived-seed.js";
import { drawWithout } from "./draw-without.js";
import { scaleFeatures } from "./feature-scaling.js";
import { initialParameters } from "./initial-parameters.js";
import { cosineRate } from "./schedule.js";
import { spiderPtmOf } from "./spider-of.js";
import { stepGraph } from "./step-graph.js";
import { drawOrder } from "./supervision.js";
import { PROJECTION_PARAMETERS, type ParameterName, type Trainable } from "./trainable.js";
import type { TrainingPtm } from "./training-set.js";
import { freshState, runStep } from "./training-state.js";

/** A stored training task as an added PTM learns from it. */
export interface AddedPtmTask {
  /** mu [C, d_psi], raw */
  readonly taskToken: Matrix;
  /** The added PTM's class centres [C, d_m], raw */
  readonly specificToken: () => Matrix;
  /** The spider's coarse fitness of its own PTMs, [M] */
  readonly fitness: Float32Array;
  /** Approximated performance [M + 1], the added PTM last; NaN where there is none */
  readonly target: Float64Array;
}

export interface FitRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly maxGradientNorm: number;
  readonly headDecay: number;
  readonly seed: number;
}

const FITTED: readonly ParameterName[] = ["tokens", ...PROJECTION_PARAMETERS];

/**
 * Gives a PTM that joins a zoo its token and projection without retraining: all else is frozen, and theta_new, P_new
 * and p_new are fitted with the training loss over the whole list, the other PTMs standing in it with their fitness as
 * it is. Every second batch runs the PTM on its tasks, so that the projection learns too.
 *
 * @param spider what is kept; not altered
 * @returns the added PTM's part of the spider, reading raw class centres
 * @throws RangeError if there are fewer tasks than a batch holds or fitting diverges; the signal's reason if aborted
 */
export async function fitAddedPtm(
  spider: Spider,
  added: TrainingPtm,
  tasks: readonly AddedPtmTask[],
  recipe: FitRecipe,
  { session, signal }: { readonly session: SessionOptions; readonly signal?: AbortSignal },
): Promise<SpiderPtm> {
  const { epochs, batchSize, seed } = recipe;
  const stepsPerEpoch = Math.floor(tasks.length / batchSize);
  if (stepsPerEpoch < 1) {
    throw new RangeError(
      `fitAddedPtm: a batch holds ${batchSize} tasks, got only ${tasks.length} to learn from`,
    );
  }
  const { width, encoderWidth, layerNormEpsilon } = spider.parameters;
  const featureWidth = added.scaling.mean.length;
  const sizes = { ptms: 1, width, encoderWidth, widestFeatures: featureWidth };
  const others = spider.ptms.length;
  const graph = { sizes, layerNormEpsilon, dropout: false, trained: FITTED, frozenPtms: others };
  const coarseStep = await Session.open(stepGraph({ ...graph, specific: false }), session);
  const specificStep = await Session.open(stepGraph({ ...graph, specific: true }), session);
  try {
    const start = {
      ...initialParameters(sizes, [featureWidth], derivedSeed(seed, 0)),
      ...frozenPart(spider),
    };
    start.tokens = meanToken(spider);
    let state = freshState(sizes, start);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const random = uniformStream(derivedSeed(seed, epoch + 1));
      const order = drawWithout(tasks, tasks.length, random);
      for (let step = 0; step < stepsPerEpoch; step++) {
        signal?.throwIfAborted();
        const batch = order.slice(step * batchSize, (step + 1) * batchSize);
        const specific = step % 2 === 1;
        const feeds = {
          ...taskFeeds(
            batch.map(({ taskToken, specificToken }) => ({
              taskToken,
              specific: specific ? [{ ptm: 0, token: scaleFeatures(specificToken(), added.scaling) }] : [],
            })),
            sizes,
          ),
          ...targetFeeds(
            batch.map(({ target }) => drawOrder(target, random)),
            others + 1,
            recipe.headDecay,
          ),
          frozenFitness: { values: joined(batch, others), shape: [batchSize, others] },
        };
        const { learningRate, finalLearningRate, maxGradientNorm } = recipe;
        const rate = cosineRate(state.step, stepsPerEpoch * epochs, learningRate, finalLearningRate);
        const result = await runStep(specific ? specificStep : coarseStep, sizes, state, FITTED, feeds, {
          learningRate: rate,
          weightDecay: 0,
          maxGradientNorm,
        });
        if (!Number.isFinite(result.loss))
          throw new RangeError(`fitAddedPtm: diverged in epoch ${epoch + 1}`);
        state = result.state;
      }
    }
    return spiderPtmOf(added, 0, sizes, state.parameters);
  } finally {
    await coarseStep.release();
    await specificStep.release();
  }
}

/** The zoo's middle: a new PTM starts as nobody's favourite and nobody's last. */
function meanToken({ ptms, parameters: { width } }: Spider): Float32Array {
  return Float32Array.from({ length: width }, (_, i) => {
    return ptms.reduce((sum, { token }) => sum + token[i]! / ptms.length, 0);
  });
}

/** The shared parameters as the graphs hold them. They read raw task tokens: the scaling is folded in already. */
function frozenPart({ parameters }: Spider): Omit<Trainable, "tokens" | "projections" | "projectionBiases"> {
  return { ...parameters, headBias: Float32Array.of(parameters.headBias) };
}

function joined(batch: readonly AddedPtmTask[], others: number): Float32Array {
  const values = new Float32Array(batch.length * others);
  batch.forEach(({ fitness }, b) => {
    if (fitness.length !== others) {
      throw new RangeError(
        `fitAddedPtm: each task needs the fitness of ${others} PTMs, got ${fitness.length}`,
      );
    }
    values.set(fitness, b * others);
  });
  return values;
}
