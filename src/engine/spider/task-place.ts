import type { Matrix } from "../matrix.js";
import type { SpiderParameters } from "./spider.js";

/**
 * Where a task lies among the PTM tokens: the mean of its class centres, taken into the spider's space as every centre is,
 * U mean_c(mu_c) + u. As the map is affine, this is also the mean of the projected centres. Sums in float64.
 *
 * @param taskToken shape [C, d_psi], C >= 1
 * @returns shape [d]
 * @throws RangeError if the centres are not as wide as the spider's encoder
 */
export function taskPlace(
  { width, encoderWidth, encoderWeight, encoderBias }: SpiderParameters,
  taskToken: Matrix,
): Float32Array {
  const { rows, columns, values } = taskToken;
  if (columns !== encoderWidth || rows < 1) {
    throw new RangeError(
      `taskPlace: the centres must be [C >= 1, ${encoderWidth}], got [${rows}, ${columns}]`,
    );
  }
  const mean = new Float64Array(columns);
  for (const [i, value] of values.entries()) mean[i % columns]! += value / rows;
  return Float32Array.from({ length: width }, (_, d) => {
    let sum = encoderBias[d]!;
    for (let i = 0; i < columns; i++) sum += encoderWeight[d * columns + i]! * mean[i]!;
    return sum;
  });
}
