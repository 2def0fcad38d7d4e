/** Rational steps need about six; a bracket that is halved so often has no digit left. */
const MOST_STEPS = 200;

/** A root as the distance from a pole: near a pole the root itself would lose the digits that eigenvectors need. */
export interface SecularRoot {
  /** Index of the nearer pole. */
  readonly origin: number;
  /** Root minus that pole, never 0. */
  readonly offset: number;
}

/**
 * Root j of f(x) = 1 + sum_i w_i / (p_i - x): the one between pole j and the next, the last one above all poles.
 *
 * f rises from minus to plus infinity between two poles. Each step fits one pole on either side to the value and slope of
 * f's two halves ("the middle way"; Li, LAPACK working note 89), and halves the bracket where that leaves it.
 *
 * @param poles   shape [K], strictly ascending
 * @param weights shape [K], > 0
 *
 * Cost: O(K) a step.
 */
export function secularRoot(poles: Float64Array, weights: Float64Array, j: number): SecularRoot {
  const last = j + 1 === poles.length;
  const reach = last ? weights.reduce((a, b) => a + b) : poles[j + 1]! - poles[j]!;
  const nearLeft = last || halves(poles, weights, j, j, reach / 2).value >= 0;
  const origin = nearLeft ? j : j + 1;
  // Bracket and poles relative to the origin.
  const left = nearLeft ? 0 : -reach;
  const right = nearLeft ? reach : 0;
  let low = nearLeft ? 0 : -reach / 2;
  let high = nearLeft && !last ? reach / 2 : right;
  let offset = (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { value, below, belowSlope, above, aboveSlope } = halves(poles, weights, j, origin, offset);
    const slope = belowSlope + aboveSlope;
    const noise = Number.EPSILON * (8 * (1 + above - below) + Math.abs(offset) * slope);
    if (Math.abs(value) <= noise || high - low <= Number.EPSILON * Math.abs(offset)) break;
    if (value < 0) low = offset;
    else high = offset;

    const toLeft = left - offset;
    const toRight = right - offset;
    const a = (toLeft + toRight) * value - toLeft * toRight * slope;
    const b = toLeft * toRight * value;
    const c = value - toLeft * belowSlope - toRight * aboveSlope;
    const root = Math.sqrt(Math.max(0, a * a - 4 * b * c));
    const next = offset + (a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root));
    offset = next > low && next < high ? next : (low + high) / 2;
  }
  return { origin, offset };
}

interface Halves {
  /** f. */
  readonly value: number;
  /** Sum over the poles up to j, <= 0, and its derivative. */
  readonly below: number;
  readonly belowSlope: number;
  /** Sum over the poles after j, >= 0, and its derivative. */
  readonly above: number;
  readonly aboveSlope: number;
}

function halves(
  poles: Float64Array,
  weights: Float64Array,
  j: number,
  origin: number,
  offset: number,
): Halves {
  const pole = poles[origin]!;
  let below = 0;
  let belowSlope = 0;
  for (let i = 0; i <= j; i++) {
    const distance = poles[i]! - pole - offset;
    const term = weights[i]! / distance;
    below += term;
    belowSlope += term / distance;
  }
  let above = 0;
  let aboveSlope = 0;
  for (let i = j + 1; i < poles.length; i++) {
    const distance = poles[i]! - pole - offset;
    const term = weights[i]! / distance;
    above += term;
    aboveSlope += term / distance;
  }
  return { value: 1 + below + above, below, belowSlope, above, aboveSlope };
}
