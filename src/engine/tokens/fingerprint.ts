import type { Matrix } from "../matrix.js";

/** How many probe images a fingerprint speaks of; their pairs are its numbers. */
export const FINGERPRINT_IMAGES = 32;
export const FINGERPRINT_WIDTH = (FINGERPRINT_IMAGES * (FINGERPRINT_IMAGES - 1)) / 2;

/**
 * From here on two PTMs are nearly the same. Measured on the demo zoo's 42 PTMs: no two of them reach more than 0.85
 * (alphabets-residual and alphabets-plain, of one source), half of all pairs stay below 0.21. Of five of them and their
 * twins, rounding all weights to float16 leaves 1.0000, to 8 bits at least 0.996, noise of 3 % of a layer's spread at least
 * 0.967; what changes a network more, such as 4 bits or 10 % noise, may fall below.
 */
export const NEARLY_SAME = 0.95;

/**
 * How a PTM sees some images, whatever the width of its features: a unit vector such that the inner product of two of
 * them is the debiased linear CKA of the two PTMs on these images.
 *
 * Formula: the Gram matrix K = F F^T with an empty diagonal is U-centred,
 *     u_ij = k_ij - r_i / (n - 2) - r_j / (n - 2) + t / ((n - 1) (n - 2)),  i != j,  r row sums, t their sum,
 * and its lower triangle divided by its length. Then <u, v> = HSIC(F, G) / sqrt(HSIC(F, F) HSIC(G, G)).
 * Source: Kornblith, Norouzi, Lee, Hinton, ICML 2019 (linear CKA); Song, Smola, Gretton, Bedo, Borgwardt, JMLR 2012
 * (unbiased HSIC); Szekely and Rizzo, Annals of Statistics 2014 (U-centring). Debiased, because with few images and wide
 * features the plain CKA of unrelated networks goes to 1.
 *
 * Letters: n = FINGERPRINT_IMAGES, D features.
 *
 * @param features shape [at least n, D], finite; rows past n are left out
 * @returns shape [n (n - 1) / 2]; undefined if the features do not tell the images apart, so that there is no direction
 * @throws RangeError if there are too few rows
 *
 * Cost: O(n^2 D).
 */
export function fingerprint({ rows, columns, values }: Matrix): Float32Array | undefined {
  const n = FINGERPRINT_IMAGES;
  if (rows < n) throw new RangeError(`fingerprint: at least ${n} rows are needed, got ${rows}`);
  const gram = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let d = 0; d < columns; d++) product += values[i * columns + d]! * values[j * columns + d]!;
      largest = Math.max(largest, Math.abs(product));
      if (i !== j) gram[i * n + j] = gram[j * n + i] = product;
    }
  }
  const sums = Float64Array.from({ length: n }, (_, i) =>
    gram.subarray(i * n, (i + 1) * n).reduce((sum, value) => sum + value, 0),
  );
  const total = sums.reduce((sum, value) => sum + value, 0);
  const centred = new Float64Array(FINGERPRINT_WIDTH);
  let place = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const ofRows = (sums[i]! + sums[j]!) / (n - 2);
      centred[place++] = gram[i * n + j]! - ofRows + total / ((n - 1) * (n - 2));
    }
  }
  const length = Math.hypot(...centred);
  // Features are float32: what is left of equal images is their rounding, 2^-24 of the products.
  if (length <= n * largest * 2 ** -24) return undefined;
  return Float32Array.from(centred, (value) => value / length);
}
