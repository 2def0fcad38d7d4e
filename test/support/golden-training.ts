import { matrix } from "../../src/engine/matrix.js";
import type { NamedTensor } from "../../src/engine/runtime/session.js";
import type { BatchTask } from "../../src/engine/training/batch.js";
import type { ParameterName, TrainableSizes } from "../../src/engine/training/trainable.js";
import type { GoldenSpider } from "./golden-spider.js";

/** The reference's record of a training, beside what golden-spider.ts reads. */
export interface GoldenTraining extends GoldenSpider {
  runs: (GoldenSpider["runs"][number] & {
    loss: number;
    toleranceFloat32: number;
    gradients: Record<string, number[] | null>;
  })[];
  adamTrace: { k: number; lr: number; losses: number[]; finalOutputs: number[]; tolerance: number };
}

const REFERENCE_NAMES: Partial<Record<ParameterName, string>> = {
  encoderWeight: "uni_linear.weight",
  encoderBias: "uni_linear.bias",
  queryWeight: "transformer.w_qs.weight",
  keyWeight: "transformer.w_ks.weight",
  valueWeight: "transformer.w_vs.weight",
  outputWeight: "transformer.fc.weight",
  outputBias: "transformer.fc.bias",
  norm1Gain: "transformer.layer_norm.weight",
  norm1Bias: "transformer.layer_norm.bias",
  norm2Gain: "mlp_head.0.weight",
  norm2Bias: "mlp_head.0.bias",
  headWeight: "mlp_head.1.weight",
  headBias: "mlp_head.1.bias",
  tokens: "model_prompt",
};

export function goldenSizes({ config }: GoldenSpider): TrainableSizes {
  return {
    ptms: config.backbones.length,
    width: config.d,
    encoderWidth: config.uniDim,
    widestFeatures: Math.max(...config.backbones.map(({ dim }) => dim)),
  };
}

/**
 * The reference's weights, or one of its gradients, in the form of the training graphs.
 *
 * @param read values by the reference's name; null where it has none, which stands for zeros
 */
export function goldenTrainable(
  golden: GoldenSpider,
  read: (name: string) => readonly number[] | null,
): Record<ParameterName, Float64Array> {
  const { ptms, width, widestFeatures } = goldenSizes(golden);
  const projections = new Float64Array(ptms * widestFeatures * width);
  const projectionBiases = new Float64Array(ptms * width);
  const zeros = (length: number): number[] => Array.from({ length }, () => 0);
  golden.config.backbones.forEach(({ name, dim }, m) => {
    const weight = read(`hete_linears.${name}.weight`) ?? zeros(width * dim);
    weight.forEach((value, i) => {
      const [out, feature] = [Math.floor(i / dim), i % dim];
      projections[(m * widestFeatures + feature) * width + out] = value;
    });
    projectionBiases.set(read(`hete_linears.${name}.bias`) ?? zeros(width), m * width);
  });
  const shared = Object.entries(REFERENCE_NAMES).map(([name, reference]) => {
    return [name, Float64Array.from(read(reference)!)] as const;
  });
  return { ...Object.fromEntries(shared), projections, projectionBiases } as Record<
    ParameterName,
    Float64Array
  >;
}

export function goldenTasks(golden: GoldenSpider, selected: readonly (readonly number[])[]): BatchTask[] {
  return golden.inputs.map(({ uni, hetero }, task) => {
    const classes = golden.classCounts[task]!;
    return {
      taskToken: matrix(classes, golden.config.uniDim, Float32Array.from(uni)),
      specific: selected[task]!.map((ptm) => {
        const { name, dim } = golden.config.backbones[ptm]!;
        return { ptm, token: matrix(classes, dim, Float32Array.from(hetero[name]!)) };
      }),
    };
  });
}

/** The reference's labels (larger is better, all different) as orders, best first. */
export function goldenOrders(golden: GoldenSpider): Int32Array[] {
  return golden.inputs.map(({ labels }) =>
    Int32Array.from(labels.map((_, ptm) => ptm).sort((a, b) => labels[b]! - labels[a]!)),
  );
}

/** Float32 feeds for a graph in float64. */
export function inFloat64(feeds: Readonly<Record<string, NamedTensor>>): Record<string, NamedTensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { values, shape }]) => [
      name,
      { values: values instanceof Float32Array ? Float64Array.from(values) : values, shape },
    ]),
  );
}
