import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from "../runtime/mat-mul.js";
import { blockOf, doubleMatrix, type DoubleMatrix, rowOf, transposed } from "./double-matrix.js";
import { addScaled } from "./vector.js";

/** Reflections H_j = I - scales_j v_j v_j^T that a panel of columns has left behind. */
export interface ReflectorPanel {
  /** Row of the whole matrix at which element 0 of each v_j stands. */
  readonly start: number;
  /** Shape [p, m]: row j is v_j. */
  readonly reflectors: DoubleMatrix;
  /** Shape [p]; 0 where nothing had to be reflected. */
  readonly scales: Float64Array;
}

/**
 * Applies a panel's reflections to rows start.. of b, in place: H_p ... H_1 b, or H_1 ... H_p b for the order "backwards".
 *
 * H_p ... H_1 = I - V^T S V with S lower triangular, S_ii = scale_i and S_ij = -scale_i sum_m (v_i . v_m) S_mj, and the
 * other order has S transposed (the compact WY form of Schreiber and Van Loan 1989).
 *
 * @param b shape [start + m, n]
 */
export async function reflectByPanel(
  b: DoubleMatrix,
  { start, reflectors, scales }: ReflectorPanel,
  order: "forwards" | "backwards" = "forwards",
): Promise<void> {
  const size = scales.length;
  const overlaps = await multiplyTransposedRight(reflectors, reflectors); // [p, p]
  const s = doubleMatrix(size, size);
  for (let i = 0; i < size; i++) {
    const row = rowOf(s, i);
    for (let m = 0; m < i; m++) addScaled(row, -scales[i]! * overlaps.values[i * size + m]!, rowOf(s, m));
    row[i] = scales[i]!;
  }
  const tail = blockOf(b, start, b.rows, 0, b.columns);
  const weighed = await multiply(order === "forwards" ? s : transposed(s), await multiply(reflectors, tail));
  const change = await multiplyTransposedLeft(reflectors, weighed); // [p, m]^T x [p, n] -> [m, n]
  addScaled(b.values.subarray(start * b.columns), -1, change.values);
}
