/**
 * Plackett-Luce negative log-likelihood of a target order, the loss a spider learns from: the plain reference in
 * float64, with its gradient. loss-graph.ts is the form that training runs; a test ties both.
 *
 * Formula: l = sum_r w_r [ logsumexp_{s >= r} phi_s - phi_r ], positions r from the best (0) on, phi sorted by the
 * target order. With w_r = 1 / (M - 1) it is the authors' HierarchicalCE, with w_r = 1 ListMLE.
 * Source: Plackett 1975, Luce 1959; Zhang et al., Model Spider, NeurIPS 2023. Variant: the log-sum-exp runs from the
 * last position on and is exact for any range of fitness (public code adds 1e-10 and is wrong past a range of 23).
 * Agrees with: refs/losses (HierarchicalCE, ListMLE; tolerance in the case).
 *
 * Letters: M PTMs.
 *
 * @param fitness shape [M], finite
 * @param order   shape [M], PTM indices by target, best first
 * @param weights shape [M], w_r >= 0 for each position; 0 takes a position out
 * @throws RangeError if a shape does not fit
 *
 * Cost: O(M^2) time, O(M) memory.
 */
export function plackettLuceLoss(
  fitness: ArrayLike<number>,
  order: ArrayLike<number>,
  weights: ArrayLike<number>,
): { loss: number; gradient: Float64Array } {
  const m = fitness.length;
  if (order.length !== m || weights.length !== m) {
    throw new RangeError(
      `plackettLuceLoss: order and weights must hold ${m} values, got ${order.length} and ${weights.length}`,
    );
  }
  const tails = new Float64Array(m); // logsumexp over the positions from r on
  for (let r = m - 1; r >= 0; r--) {
    const phi = fitness[order[r]!]!;
    tails[r] = r === m - 1 ? phi : logAddExp(phi, tails[r + 1]!);
  }
  const gradient = new Float64Array(m);
  let loss = 0;
  for (let r = 0; r < m; r++) {
    loss += weights[r]! * (tails[r]! - fitness[order[r]!]!);
    gradient[order[r]!]! -= weights[r]!;
    for (let s = r; s < m; s++) {
      gradient[order[s]!]! += weights[r]! * Math.exp(fitness[order[s]!]! - tails[r]!);
    }
  }
  return { loss, gradient };
}

/**
 * A weight for each position: (r + 1)^-decay, r from the best (0) on, since the head of the list decides which PTM is
 * tried. The last of the ranked PTMs is no choice and weighs nothing, nor do PTMs without a target behind it.
 *
 * @param ranked how many PTMs have a target, >= 2
 * @param ptms   M
 * @param decay  0: every choice counts the same, as in the authors' loss
 * @returns shape [M]; divide by the sum for the mean over the choices
 * @throws RangeError if fewer than two PTMs are ranked
 */
export function positionWeights(ranked: number, ptms: number, decay: number): Float64Array {
  if (ranked < 2)
    throw new RangeError(`positionWeights: a target order needs at least two PTMs, got ${ranked}`);
  return Float64Array.from({ length: ptms }, (_, r) => (r < ranked - 1 ? (r + 1) ** -decay : 0));
}

function logAddExp(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
