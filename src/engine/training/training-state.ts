import type { NamedTensor, Session } from "../runtime/session.js";
import { adamScalars } from "./adam.js";
import type { Feeds } from "./batch.js";
import { parametersOf } from "./step-graph.js";
import {
  PARAMETER_NAMES,
  trainableArrays,
  trainableShapes,
  type ParameterName,
  type Trainable,
  type TrainableSizes,
} from "./trainable.js";

/** Everything that a step changes; a value, never altered in place, so keeping one is keeping a checkpoint. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Trainable;
  /** Adam's first and second moments. */
  readonly first: Trainable;
  readonly second: Trainable;
}

export function freshState(sizes: TrainableSizes, parameters: Trainable): TrainingState {
  return { step: 0, parameters, first: trainableArrays(sizes), second: trainableArrays(sizes) };
}

export interface StepRates {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Infinity: no clipping */
  readonly maxGradientNorm: number;
}

/**
 * Runs one training step on a session of stepGraph.
 *
 * A batch in which no PTM was run leaves projections and their moments as they are, as PyTorch leaves parameters
 * without a gradient.
 *
 * @param trained what the session's graph moves
 * @returns the loss before the step and the state after it
 */
export async function runStep(
  session: Session,
  sizes: TrainableSizes,
  state: TrainingState,
  trained: readonly ParameterName[],
  batch: Feeds,
  { learningRate, weightDecay, maxGradientNorm }: StepRates,
): Promise<{ loss: number; state: TrainingState }> {
  const specific = "slotMask" in batch;
  const step = state.step + 1;
  const moving = parametersOf(specific).filter((name) => trained.includes(name));
  const shapes = trainableShapes(sizes);
  const inputs = {
    ...batch,
    ...parameterFeeds(sizes, state.parameters, specific),
    ...Object.fromEntries(
      moving.flatMap((name) => [
        [`${name}.first`, { values: state.first[name], shape: shapes[name] }],
        [`${name}.second`, { values: state.second[name], shape: shapes[name] }],
      ]),
    ),
    ...scalarFeeds({ ...adamScalars(step, learningRate, weightDecay), maxNorm: maxGradientNorm }),
  };
  const outputs = await session.run(inputs, session.outputs);
  const next = (kept: Trainable, suffix: string): Trainable => {
    const moved = moving.map((name) => [name, outputs[`${name}${suffix}`]!.values]);
    return { ...kept, ...(Object.fromEntries(moved) as Partial<Trainable>) };
  };
  return {
    loss: outputs["loss"]!.values[0] as number,
    state: {
      step,
      parameters: next(state.parameters, ".next"),
      first: next(state.first, ".first.next"),
      second: next(state.second, ".second.next"),
    },
  };
}

/** The parameters that a graph with or without specific rows reads, as its inputs. */
export function parameterFeeds(sizes: TrainableSizes, parameters: Trainable, specific: boolean): Feeds {
  const shapes = trainableShapes(sizes);
  return Object.fromEntries(
    parametersOf(specific).map((name) => [name, { values: parameters[name], shape: shapes[name] }]),
  );
}

/** The name of the first parameter that is no longer finite, if any. */
export function brokenParameter({ parameters }: TrainingState): ParameterName | undefined {
  return PARAMETER_NAMES.find((name) => !parameters[name].every(Number.isFinite));
}

function scalarFeeds(scalars: Readonly<Record<string, number>>): Feeds {
  const entries = Object.entries(scalars).map(([name, value]): [string, NamedTensor] => [
    name,
    { values: Float32Array.of(value), shape: [] },
  ]);
  return Object.fromEntries(entries);
}
