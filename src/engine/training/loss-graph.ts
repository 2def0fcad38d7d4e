import { add, meanAll, multiply, subtract, sumLast } from "./autodiff/elementwise.js";
import { logSumExp } from "./autodiff/normalisation.js";
import { permuteRows, reshape } from "./autodiff/rearrangement.js";
import type { Tape, Value } from "./autodiff/tape.js";

/** Takes a position out of a log-sum-exp; far below any fitness, yet finite, so that 0 x it is 0. */
export const OUT_OF_LIST = -1e30;

export interface LossInputs {
  /** [B, M] int32: PTM indices by target, best first; PTMs without a target behind them */
  readonly order: Value;
  /** [B, M] int32: `order` backwards */
  readonly place: Value;
  /** [B, 1, M]: 0 for a position with a target, OUT_OF_LIST behind them */
  readonly listMask: Value;
  /** [B, M]: each position's weight; only their proportions within a task count. A row must not be all zero */
  readonly weights: Value;
}

export function lossInputs(tape: Tape, ptms: number): LossInputs {
  return {
    order: tape.index("order", ["B", ptms]),
    place: tape.index("place", ["B", ptms]),
    listMask: tape.input("listMask", ["B", 1, ptms]),
    weights: tape.input("weights", ["B", ptms]),
  };
}

/**
 * Plackett-Luce loss of a batch, the mean over its tasks; see plackettLuceLoss in loss.ts for the formula. Here each
 * position's log-sum-exp looks at all M positions under a triangular mask: M^2 terms, but one node of the graph each.
 *
 * @param phi [B, M]
 * @returns []
 */
export function lossGraph(
  tape: Tape,
  ptms: number,
  phi: Value,
  { order, place, listMask, weights }: LossInputs,
): Value {
  const sorted = permuteRows(tape, phi, order, place); // [B, M]
  const ahead = tape.constant(
    Array.from({ length: ptms * ptms }, (_, i) => (i % ptms < Math.floor(i / ptms) ? OUT_OF_LIST : 0)),
    [ptms, ptms],
  );
  const candidates = add(tape, add(tape, reshape(tape, sorted, ["B", 1, ptms]), listMask), ahead); // [B, M, M]
  const regrets = subtract(tape, logSumExp(tape, candidates), sorted);
  const total = tape.emit("ReduceSum", [weights, tape.graph.integers(-1)], ["B", 1]);
  const shares = tape.emit("Div", [weights, total], ["B", ptms]); // each task's weights sum to 1
  return meanAll(tape, sumLast(tape, multiply(tape, regrets, shares)));
}
