import type { EvidenceTerms } from "./evidence.js";

/** Grid points per factor e in t: the evidence bends on the scale of one s_j^2, that is of a factor e. */
const STEPS_PER_E = 1;
/** How far the grid reaches beyond the singular values; past it the two limits take over. */
const MARGIN = 14; // a factor 1.2e6
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const REFINEMENTS = 44; // 0.618^44 = 6e-10 of a grid step; the value is quadratic in it

/**
 * Exact maximum of the log evidence per sample over alpha and beta.
 *
 * For a fixed t = alpha / beta the best beta is known, which leaves one dimension:
 * L(t) = N/2 log b - 1/2 sum log(1 + s_j^2 / t) - N/2 - N/2 log 2 pi,  b = N / (sum x_j^2 t / (t + s_j^2) + unexplained).
 * L may have several maxima, so a grid over log t finds the best cell and a golden section search ends in it. The
 * maximum may lie at infinity (no signal) or, where the features interpolate every target (rank N), at zero.
 *
 * @param terms with total > 0
 */
export function maximumEvidence(terms: EvidenceTerms): number {
  const { samples, squaredSingular } = terms;
  const low = Math.log(squaredSingular[0]!) - MARGIN;
  const high = Math.log(squaredSingular.at(-1)!) + MARGIN;
  const cells = Math.ceil((high - low) * STEPS_PER_E);
  const step = (high - low) / cells;
  let best = low;
  let bestValue = -Infinity;
  for (let i = 0; i <= cells; i++) {
    const value = profile(terms, low + i * step);
    if (value > bestValue) [best, bestValue] = [low + i * step, value];
  }
  const inside = goldenSection((logT) => profile(terms, logT), best - step, best + step);
  return (
    Math.max(inside, withoutWeights(terms), withoutNoise(terms)) / samples - (1 + Math.log(2 * Math.PI)) / 2
  );
}

/** L(t) without its constants, at t = exp(logT). */
function profile({ samples, squaredSingular, energies, unexplained }: EvidenceTerms, logT: number): number {
  const t = Math.exp(logT);
  let residual = unexplained;
  let logDeterminant = 0;
  for (let j = 0; j < squaredSingular.length; j++) {
    const squared = squaredSingular[j]!;
    residual += (energies[j]! * t) / (t + squared);
    logDeterminant += Math.log1p(squared / t);
  }
  return (samples * Math.log(samples / residual) - logDeterminant) / 2;
}

/** The limit t -> infinity: every weight is zero, all of the target is noise. */
function withoutWeights({ samples, total }: EvidenceTerms): number {
  return (samples * Math.log(samples / total)) / 2;
}

/** The limit t -> 0: finite only where N directions explain N samples without a rest. */
function withoutNoise({ samples, squaredSingular, energies }: EvidenceTerms): number {
  if (squaredSingular.length < samples) return -Infinity;
  let residual = 0; // of L, divided by t
  let logDeterminant = 0; // less the N log(1/t) that the residual's t cancels
  for (let j = 0; j < squaredSingular.length; j++) {
    residual += energies[j]! / squaredSingular[j]!;
    logDeterminant += Math.log(squaredSingular[j]!);
  }
  return (samples * Math.log(samples / residual) - logDeterminant) / 2;
}

function goldenSection(f: (x: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let fa = f(a);
  let fb = f(b);
  for (let i = 0; i < REFINEMENTS; i++) {
    if (fa > fb) {
      high = b;
      [b, fb] = [a, fa];
      a = high - GOLDEN * (high - low);
      fa = f(a);
    } else {
      low = a;
      [a, fa] = [b, fb];
      b = low + GOLDEN * (high - low);
      fb = f(b);
    }
  }
  return Math.max(fa, fb);
}
