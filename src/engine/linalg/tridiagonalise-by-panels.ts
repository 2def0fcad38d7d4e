import { multiply, multiplyTransposedLeft } from "../runtime/mat-mul.js";
import { blockOf, doubleMatrix, type DoubleMatrix, rowOf } from "./double-matrix.js";
import { reflectByPanel, type ReflectorPanel } from "./reflector-panel.js";
import { reflectionOf, type Tridiagonal } from "./tridiagonalise.js";
import { addScaled, dot } from "./vector.js";

/** Columns reduced between two updates of the trailing block: more mean longer corrections, fewer mean more copies. */
const PANEL = 32;

/**
 * The same reduction as `tridiagonalise`, with its two heavy steps as matrix products: the trailing block S times each
 * reflector, and the rank-2 updates of a whole panel at once.
 *
 * Within a panel S stands still; what its earlier reflectors V and partners W would have changed, S - V^T W - W^T V, is
 * subtracted from the one column and the one product that a step reads.
 * Source: the panel form of LAPACK's DSYTRD (Dongarra, Hammarling and Sorensen 1989).
 *
 * @param a shape [n, n], symmetric, both triangles; not changed
 * @param b shape [n, k]; not changed
 * @param onPanel receives Q piece by piece, for those who need it as such
 *
 * Cost: as tridiagonalise, 3.6 times sooner at n = 2000 (docs/adr/0010-linear-algebra.md); two n x n arrays.
 */
export async function tridiagonaliseByPanels(
  a: DoubleMatrix,
  b: DoubleMatrix,
  onPanel?: (panel: ReflectorPanel) => void,
): Promise<Tridiagonal> {
  const n = a.rows;
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const rotated = doubleMatrix(n, b.columns, b.values.slice());
  let trailing = a;
  for (let start = 0; start < n; start += PANEL) {
    const size = trailing.rows;
    const width = Math.min(PANEL, size);
    const v = doubleMatrix(PANEL, size); // row j: reflector j, zero up to and including element j
    const w = doubleMatrix(PANEL, size);
    const scales = new Float64Array(PANEL);
    for (let j = 0; j < width; j++) {
      const column = rowOf(trailing, j).slice();
      for (let i = 0; i < j; i++)
        subtractPair(column, v, w, i, w.values[i * size + j]!, v.values[i * size + j]!);
      diagonal[start + j] = column[j]!;
      if (j + 1 === size) break;
      const reflector = rowOf(v, j);
      reflector.set(column.subarray(j + 1), j + 1);
      const { image, scale } = reflectionOf(reflector.subarray(j + 1));
      offDiagonal[start + j] = image;
      if (scale === 0) {
        reflector.fill(0);
        continue;
      }
      const partner = rowOf(w, j);
      partner.set((await multiply(trailing, doubleMatrix(size, 1, reflector.slice()))).values); // S v
      for (let i = 0; i < j; i++) {
        subtractPair(partner, v, w, i, dot(rowOf(w, i), reflector), dot(rowOf(v, i), reflector));
      }
      partner.fill(0, 0, j + 1);
      const half = (scale * (scale * dot(partner, reflector))) / 2;
      for (let i = 0; i < size; i++) partner[i] = scale * partner[i]! - half * reflector[i]!;
      scales[j] = scale;
    }
    const panel = { start, reflectors: v, scales };
    await reflectByPanel(rotated, panel);
    onPanel?.(panel);
    if (width < size) trailing = await updatedTrailing(trailing, v, w);
  }
  return { diagonal, offDiagonal, rotated };
}

/** x -= alpha v_i + beta w_i. */
function subtractPair(
  x: Float64Array,
  v: DoubleMatrix,
  w: DoubleMatrix,
  i: number,
  alpha: number,
  beta: number,
): void {
  addScaled(x, -alpha, rowOf(v, i));
  addScaled(x, -beta, rowOf(w, i));
}

/** Rows and columns after the panel of S - V^T W - W^T V. */
async function updatedTrailing(s: DoubleMatrix, v: DoubleMatrix, w: DoubleMatrix): Promise<DoubleMatrix> {
  const vRest = blockOf(v, 0, PANEL, PANEL, s.rows);
  const wRest = blockOf(w, 0, PANEL, PANEL, s.rows);
  const left = stacked(vRest, wRest);
  const change = await multiplyTransposedLeft(left, stacked(wRest, vRest)); // [2 PANEL, m]^T [2 PANEL, m] -> [m, m]
  for (let r = 0; r < change.rows; r++) {
    const row = rowOf(change, r);
    const old = rowOf(s, PANEL + r).subarray(PANEL);
    for (let c = 0; c < row.length; c++) row[c] = old[c]! - row[c]!;
  }
  return change;
}

function stacked(upper: DoubleMatrix, lower: DoubleMatrix): DoubleMatrix {
  const result = doubleMatrix(upper.rows + lower.rows, upper.columns);
  result.values.set(upper.values);
  result.values.set(lower.values, upper.values.length);
  return result;
}
