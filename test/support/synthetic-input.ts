import { matrix } from "../../src/engine/matrix.js";
import { uniformStream } from "../../src/engine/random.js";
import type { MetricInput } from "../../src/engine/transferability/metric.js";

/** Features filled by a formula of (sample, dimension), labels 0, 1, ..., C - 1, 0, 1, ... */
export function formulaInput(
  samples: number,
  dimensions: number,
  classes: number,
  value: (sample: number, dimension: number) => number,
): MetricInput {
  const values = Float32Array.from({ length: samples * dimensions }, (_, i) =>
    value(Math.floor(i / dimensions), i % dimensions),
  );
  return {
    features: matrix(samples, dimensions, values),
    labels: Int32Array.from({ length: samples }, (_, i) => i % classes),
    classCount: classes,
  };
}

/** Uniform clouds of width 2 around class centres in a cube of width `spread`; repeatable by seed. */
export function cloudInput(
  samples: number,
  dimensions: number,
  classes: number,
  spread: number,
  seed: number,
): MetricInput {
  const uniform = uniformStream(seed);
  const centres = Float64Array.from({ length: classes * dimensions }, () => spread * uniform());
  return formulaInput(
    samples,
    dimensions,
    classes,
    (i, d) => centres[(i % classes) * dimensions + d]! + 2 * uniform(),
  );
}

/** The same samples in another order. */
export function reordered(input: MetricInput, order: readonly number[]): MetricInput {
  const { rows, columns, values } = input.features;
  const moved = new Float32Array(values.length);
  order.forEach((from, to) => moved.set(values.subarray(from * columns, (from + 1) * columns), to * columns));
  return {
    ...input,
    features: matrix(rows, columns, moved),
    labels: Int32Array.from(order, (from) => input.labels[from]!),
  };
}

/** The same samples with every feature mapped. */
export function mapFeatures(
  input: MetricInput,
  map: (value: number, sample: number, dimension: number) => number,
): MetricInput {
  const { rows, columns, values } = input.features;
  const mapped = values.map((value, i) => map(value, Math.floor(i / columns), i % columns));
  return { ...input, features: matrix(rows, columns, mapped) };
}
