import { add, multiply, sumLast } from "./autodiff/elementwise.js";
import { layerNorm, softmaxOverParts } from "./autodiff/normalisation.js";
import { linear, matMul } from "./autodiff/products.js";
import { place, reshape, transpose } from "./autodiff/rearrangement.js";
import type { Tape, Value } from "./autodiff/tape.js";
import type { ParameterName, TrainableSizes } from "./trainable.js";

/** Added to the logits of padding rows: far enough that their share of the attention is exactly 0 in float32. */
export const MASKED = -1e9;

/** What a batch brings; named dimensions differ from batch to batch. Built by batch.ts. */
export interface FitnessInputs {
  /** mu [B, C, d_psi], padding rows zero */
  readonly taskTokens: Value;
  /** [B, 1, C]: 0 for a class, MASKED for padding */
  readonly classMask: Value;
  readonly specific?: SpecificInputs;
  readonly dropout?: DropoutInputs;
}

/**
 * Specific rows of the (task, PTM) pairs that were run. Each PTM has T slots, one a task; a slot of a PTM that fewer
 * tasks run stays empty. S = M T slots, BM = B M pairs.
 */
export interface SpecificInputs {
  /** mu_m [M, T C, D], padding zero */
  readonly specificTokens: Value;
  /** [S, C]: 0 for a class, MASKED for padding and in empty slots */
  readonly slotMask: Value;
  /** [BM] int32: the pair's slot, S if the PTM was not run on the task */
  readonly slotOfPair: Value;
  /** [S] int32: the slot's pair, BM if the slot is empty */
  readonly pairOfSlot: Value;
}

/** Factors 0 or 1 / (1 - rate), drawn by the host so that a seed fixes them. */
export interface DropoutInputs {
  /** [B, M, 1], [B, M, C] and, with specific rows, [BM, C]: on the attention's shares */
  readonly ownShare: Value;
  readonly classShares: Value;
  readonly specificShares?: Value;
  /** [B, M, d]: on what the attention adds to the token */
  readonly attended: Value;
}

export function fitnessInputs(
  tape: Tape,
  { ptms, encoderWidth, widestFeatures }: TrainableSizes,
  specific: boolean,
): FitnessInputs {
  const inputs = {
    taskTokens: tape.input("taskTokens", ["B", "C", encoderWidth]),
    classMask: tape.input("classMask", ["B", 1, "C"]),
  };
  if (!specific) return inputs;
  return {
    ...inputs,
    specific: {
      specificTokens: tape.input("specificTokens", [ptms, "TC", widestFeatures]),
      slotMask: tape.input("slotMask", ["S", "C"]),
      slotOfPair: tape.index("slotOfPair", ["BM"]),
      pairOfSlot: tape.index("pairOfSlot", ["S"]),
    },
  };
}

export function dropoutInputs(tape: Tape, { ptms, width }: TrainableSizes, specific: boolean): DropoutInputs {
  return {
    ownShare: tape.input("dropout.ownShare", ["B", ptms, 1]),
    classShares: tape.input("dropout.classShares", ["B", ptms, "C"]),
    ...(specific ? { specificShares: tape.input("dropout.specificShares", ["BM", "C"]) } : {}),
    attended: tape.input("dropout.attended", ["B", ptms, width]),
  };
}

/**
 * Fitness of M PTMs for B tasks, the function of spider/fitness.ts in a factored form: what belongs to a PTM or to a
 * task alone is computed once for the batch, so the products with d x d matrices see M + B C rows instead of B M (C + 1).
 * A test ties both forms.
 *
 *   reach_m = theta_m^T W_Q^T W_K / sqrt d          logits = reach_m . x_c
 *   F_c = W_O W_V x_c,  f_m = W_O W_V theta_m       attended = sum_c a_c F_c + a_0 f_m + b_O + theta_m
 *
 * A pair's specific rows are mixed before W_V and W_O, since they serve one pair only.
 *
 * @returns phi [B, M]
 */
export function fitnessGraph(
  tape: Tape,
  sizes: TrainableSizes,
  parameters: Readonly<Record<ParameterName, Value>>,
  { taskTokens, classMask, specific, dropout }: FitnessInputs,
  layerNormEpsilon: number,
): Value {
  const { ptms, width } = sizes;
  const { tokens, valueWeight, outputWeight } = parameters;
  const throughHead = (rows: Value): Value => linear(tape, linear(tape, rows, valueWeight), outputWeight);

  const rows = add(tape, linear(tape, taskTokens, parameters.encoderWeight), parameters.encoderBias); // [B, C, d]
  const query = linear(tape, tokens, parameters.queryWeight);
  const reach = multiply(tape, matMul(tape, query, parameters.keyWeight), tape.scalar(1 / Math.sqrt(width))); // [M, d]

  const ownLogit = sumLast(tape, multiply(tape, reach, tokens)); // [M, 1]
  const classLogits = transpose(tape, linear(tape, rows, reach), [0, 2, 1]); // [B, C, d] x [d, M] -> [B, M, C]
  const parts = [ownLogit, add(tape, classLogits, classMask)];
  const slots = specific && specificRows(tape, sizes, parameters, reach, specific);
  if (slots) parts.splice(1, 0, slots.logits);
  const shares = softmaxOverParts(tape, parts);
  const drop = (share: Value, factors: Value | undefined): Value =>
    factors ? multiply(tape, share, factors) : share;

  const ownShare = drop(shares[0]!, dropout?.ownShare); // [B, M, 1]
  const classShares = drop(shares.at(-1)!, dropout?.classShares); // [B, M, C]
  let attended = add(
    tape,
    matMul(tape, classShares, throughHead(rows)), // [B, M, C] x [B, C, d] -> [B, M, d]
    multiply(tape, ownShare, throughHead(tokens)),
  );
  if (slots) {
    const flat = reshape(tape, shares[1]!, ["BM", "C"]);
    const mixed = slots.mix(drop(flat, dropout?.specificShares)); // [S, d]
    const placed = place(tape, throughHead(mixed), specific.slotOfPair, specific.pairOfSlot, 0); // [BM, d]
    attended = add(tape, attended, reshape(tape, placed, ["B", ptms, width]));
  }
  const residual = dropout
    ? add(tape, multiply(tape, add(tape, attended, parameters.outputBias), dropout.attended), tokens)
    : add(tape, attended, add(tape, tokens, parameters.outputBias));

  const hidden = layerNorm(tape, residual, parameters.norm1Gain, parameters.norm1Bias, layerNormEpsilon);
  const normed = layerNorm(tape, hidden, parameters.norm2Gain, parameters.norm2Bias, layerNormEpsilon);
  const phi = add(tape, linear(tape, normed, parameters.headWeight), parameters.headBias); // [B, M, 1]
  return reshape(tape, phi, ["B", ptms]);
}

interface Slots {
  /** [B, M, C] */
  readonly logits: Value;
  /** Shares [BM, C] -> the mixed rows of each slot [S, d] */
  readonly mix: (shares: Value) => Value;
}

function specificRows(
  tape: Tape,
  { ptms, width }: TrainableSizes,
  { projections, projectionBiases }: Readonly<Record<ParameterName, Value>>,
  reach: Value,
  { specificTokens, slotMask, slotOfPair, pairOfSlot }: SpecificInputs,
): Slots {
  const projected = matMul(tape, specificTokens, projections); // [M, TC, D] x [M, D, d] -> [M, TC, d]
  const rows = add(tape, projected, reshape(tape, projectionBiases, [ptms, 1, width]));
  const raw = matMul(tape, rows, reshape(tape, reach, [ptms, width, 1])); // [M, TC, 1]
  const bySlot = add(tape, reshape(tape, raw, ["S", "C"]), slotMask);
  const byPair = place(tape, bySlot, slotOfPair, pairOfSlot, MASKED); // [BM, C]
  return {
    logits: reshape(tape, byPair, ["B", ptms, "C"]),
    mix: (shares) => {
      const slotShares = reshape(tape, place(tape, shares, pairOfSlot, slotOfPair, 0), ["S", 1, "C"]);
      const mixed = matMul(tape, slotShares, reshape(tape, rows, ["S", "C", width])); // [S, 1, d]
      return reshape(tape, mixed, ["S", width]);
    },
  };
}
