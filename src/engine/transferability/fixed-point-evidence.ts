import type { EvidenceTerms } from "./evidence.js";

const MOST_ITERATIONS = 11;
const TOLERANCE = 1e-3;
/** Keeps alpha and beta finite where the weights or the residual vanish; part of the published score. */
const EPSILON = 1e-5;

/**
 * log evidence per sample at MacKay's fixed point of (alpha, beta), as thuml/LogME iterates it.
 *
 * With t = alpha / beta: gamma = sum s^2 / (s^2 + t); |m|^2 = sum s^2 x^2 / (s^2 + t)^2;
 * residual = sum x^2 / (1 + s^2 / t)^2 + unexplained; alpha = gamma / (|m|^2 + eps); beta = (N - gamma) / (residual + eps).
 */
export function fixedPointEvidence(terms: EvidenceTerms): number {
  const { samples, dimensions, squaredSingular, energies, unexplained } = terms;
  let alpha = 1;
  let beta = 1;
  let weights = 0;
  let residual = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const t = alpha / beta;
    let gamma = 0;
    weights = 0;
    residual = unexplained;
    for (let j = 0; j < squaredSingular.length; j++) {
      const squared = squaredSingular[j]!;
      const share = squared / (squared + t);
      gamma += share;
      weights += (share * energies[j]!) / (squared + t);
      residual += energies[j]! * (1 - share) ** 2;
    }
    alpha = gamma / (weights + EPSILON);
    beta = (samples - gamma) / (residual + EPSILON);
    if (Math.abs(alpha / beta - t) / t <= TOLERANCE) break;
  }
  let logDeterminant = (dimensions - squaredSingular.length) * Math.log(alpha); // null directions
  for (const squared of squaredSingular) logDeterminant += Math.log(alpha + beta * squared);
  return (
    (samples * Math.log(beta) +
      dimensions * Math.log(alpha) -
      samples * Math.log(2 * Math.PI) -
      beta * residual -
      alpha * weights -
      logDeterminant) /
    (2 * samples)
  );
}
