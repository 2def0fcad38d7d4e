import { GraphBuilder } from "../onnx/graph-builder.js";
import { adamInputs, adamStep, clipping } from "./adam.js";
import { prepend } from "./autodiff/rearrangement.js";
import { nameOutput, Tape, type Precision, type Value } from "./autodiff/tape.js";
import { dropoutInputs, fitnessGraph, fitnessInputs } from "./fitness-graph.js";
import { lossGraph, lossInputs } from "./loss-graph.js";
import {
  PARAMETER_NAMES,
  PROJECTION_PARAMETERS,
  trainableShapes,
  type ParameterName,
  type TrainableSizes,
} from "./trainable.js";

export interface GraphOptions {
  readonly sizes: TrainableSizes;
  readonly layerNormEpsilon: number;
  /** Whether PTMs were run on tasks of the batch: their specific rows and projections take part. */
  readonly specific: boolean;
  readonly precision?: Precision;
}

export interface StepOptions extends GraphOptions {
  readonly dropout: boolean;
  /** What moves; the other parameters are read only. */
  readonly trained: readonly ParameterName[];
  /** PTMs whose fitness is given (input `frozenFitness`) and who stand in the list in front of the trained ones. */
  readonly frozenPtms: number;
}

/** The parameters that a graph with or without specific rows reads. */
export function parametersOf(specific: boolean): ParameterName[] {
  const left: readonly ParameterName[] = specific ? [] : PROJECTION_PARAMETERS;
  return PARAMETER_NAMES.filter((name) => !left.includes(name));
}

/**
 * Forward pass and loss of a batch on a tape.
 *
 * @returns the loss [], the fitness [B, M], and the parameters that are trained, as tracked values
 */
export function lossOfBatch(
  tape: Tape,
  { sizes, layerNormEpsilon, specific, dropout, trained, frozenPtms }: StepOptions,
): { loss: Value; phi: Value; trainedValues: Value[] } {
  const parameters = declareParameters(tape, sizes, specific, trained);
  const inputs = fitnessInputs(tape, sizes, specific);
  const factors = dropout ? { dropout: dropoutInputs(tape, sizes, specific) } : {};
  const own = fitnessGraph(tape, sizes, parameters, { ...inputs, ...factors }, layerNormEpsilon);
  const list = frozenPtms + sizes.ptms;
  const phi =
    frozenPtms > 0 ? prepend(tape, tape.input("frozenFitness", ["B", frozenPtms]), own, sizes.ptms) : own;
  const loss = lossGraph(tape, list, phi, lossInputs(tape, list));
  const reached = parametersOf(specific).filter((name) => trained.includes(name));
  return { loss, phi, trainedValues: reached.map((name) => parameters[name]) };
}

/** One training step as a model: forward, loss, backward, clipping, Adam. Outputs `loss`, `gradientNorm` and adam.ts's. */
export function stepGraph(options: StepOptions): Uint8Array {
  const tape = new Tape(new GraphBuilder("training-step"), options.precision);
  const { loss, trainedValues } = lossOfBatch(tape, options);
  const gradients = tape.gradients(loss, trainedValues);
  const adam = adamInputs(tape);
  const { factor, norm } = clipping(tape, gradients, adam.maxNorm);
  trainedValues.forEach((parameter, i) => adamStep(tape, parameter, gradients[i]!, factor, adam));
  nameOutput(tape, loss, "loss", []);
  nameOutput(tape, norm, "gradientNorm", []);
  return tape.graph.finish();
}

/** Fitness of a batch as a model. Output `fitness` [B, M]. */
export function batchFitnessGraph({
  sizes,
  layerNormEpsilon,
  specific,
  precision,
}: GraphOptions): Uint8Array {
  const tape = new Tape(new GraphBuilder("batch-fitness"), precision);
  const parameters = declareParameters(tape, sizes, specific, []);
  const phi = fitnessGraph(tape, sizes, parameters, fitnessInputs(tape, sizes, specific), layerNormEpsilon);
  nameOutput(tape, phi, "fitness", ["B", sizes.ptms]);
  return tape.graph.finish();
}

function declareParameters(
  tape: Tape,
  sizes: TrainableSizes,
  specific: boolean,
  trained: readonly ParameterName[],
): Record<ParameterName, Value> {
  const shapes = trainableShapes(sizes);
  const entries = parametersOf(specific).map((name) => {
    const value = trained.includes(name)
      ? tape.parameter(name, shapes[name])
      : tape.input(name, shapes[name]);
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Record<ParameterName, Value>;
}
