/** From here on the asymptotic series below are exact to the last bits of a double. */
const ASYMPTOTIC_FROM = 10;

/** ln(2 pi) / 2 */
const HALF_LOG_TWO_PI = 0.918_938_533_204_672_8;

/**
 * Natural logarithm of the gamma function for x > 0.
 *
 * Formula: Stirling's series (Abramowitz, Stegun 6.1.41), after moving x above 10 by ln G(x) = ln G(x + 1) - ln x.
 * Absolute error below 1e-14 times max(1, |ln G(x)|).
 *
 * @throws RangeError unless x > 0
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma: x must be > 0, got ${x}`);
  let product = 1;
  let shifted = x;
  while (shifted < ASYMPTOTIC_FROM) {
    product *= shifted;
    shifted += 1;
  }
  const r = 1 / (shifted * shifted);
  const series =
    (1 / 12 -
      r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360_360 - r / 156)))))) /
    shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + series - Math.log(product);
}

/**
 * Digamma, the derivative of logGamma, for x > 0.
 *
 * Formula: asymptotic series (Abramowitz, Stegun 6.3.18), after moving x above 10 by psi(x) = psi(x + 1) - 1 / x.
 *
 * @throws RangeError unless x > 0
 */
export function digamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`digamma: x must be > 0, got ${x}`);
  let sum = 0;
  let shifted = x;
  while (shifted < ASYMPTOTIC_FROM) {
    sum -= 1 / shifted;
    shifted += 1;
  }
  const r = 1 / (shifted * shifted);
  const series =
    r *
    (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32_760 - r / 12))))));
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}
