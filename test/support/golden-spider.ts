import { readFileSync } from "node:fs";

import { matrix } from "../../src/engine/matrix.js";
import type { SpiderParameters, SpiderPtm } from "../../src/engine/spider/spider.js";
import { repositoryRoot } from "./paths.js";

/** One of test/refs/spider: weights, inputs and outputs of the authors' own estimator, in float64. */
export interface GoldenSpider {
  name: string;
  config: { d: number; uniDim: number; layerNormEps: number; backbones: { name: string; dim: number }[] };
  classCounts: number[];
  weights: Record<string, { shape: number[]; values: number[] }>;
  inputs: { uni: number[]; hetero: Record<string, number[]>; labels: number[] }[];
  runs: { k: number; selected: number[][]; outputs: number[]; tolerance: number }[];
}

export const GOLDEN_SPIDERS = ["spider_d32_m5_c4", "spider_d32_m5_padded"] as const;

export function readGoldenSpider(name: (typeof GOLDEN_SPIDERS)[number]): GoldenSpider {
  return JSON.parse(
    readFileSync(new URL(`test/refs/spider/${name}.json`, repositoryRoot), "utf8"),
  ) as GoldenSpider;
}

/** The reference's weights under the engine's names. */
export function goldenParameters(golden: GoldenSpider): SpiderParameters {
  const weight = (name: string): Float32Array => Float32Array.from(golden.weights[name]!.values);
  return {
    width: golden.config.d,
    encoderWidth: golden.config.uniDim,
    layerNormEpsilon: golden.config.layerNormEps,
    queryWeight: weight("transformer.w_qs.weight"),
    keyWeight: weight("transformer.w_ks.weight"),
    valueWeight: weight("transformer.w_vs.weight"),
    outputWeight: weight("transformer.fc.weight"),
    outputBias: weight("transformer.fc.bias"),
    norm1Gain: weight("transformer.layer_norm.weight"),
    norm1Bias: weight("transformer.layer_norm.bias"),
    norm2Gain: weight("mlp_head.0.weight"),
    norm2Bias: weight("mlp_head.0.bias"),
    headWeight: weight("mlp_head.1.weight"),
    headBias: weight("mlp_head.1.bias")[0]!,
    encoderWeight: weight("uni_linear.weight"),
    encoderBias: weight("uni_linear.bias"),
  };
}

/** The reference's PTMs, in the order of its outputs. */
export function goldenPtms(golden: GoldenSpider): SpiderPtm[] {
  const { d, backbones } = golden.config;
  const tokens = Float32Array.from(golden.weights["model_prompt"]!.values);
  return backbones.map(({ name, dim }, m) => ({
    id: name,
    digest: String(m).padStart(64, "0"),
    token: tokens.slice(m * d, (m + 1) * d),
    projection: matrix(d, dim, Float32Array.from(golden.weights[`hete_linears.${name}.weight`]!.values)),
    projectionBias: Float32Array.from(golden.weights[`hete_linears.${name}.bias`]!.values),
  }));
}
