import { etranClassification, etranEnergy } from "./etran.js";
import { gbcDiagonal, gbcSpherical } from "./gbc.js";
import { hScoreShrinkage } from "./h-score-shrinkage.js";
import { hScore } from "./h-score.js";
import { kNn } from "./k-nn.js";
import { leep } from "./leep.js";
import { lfc } from "./lfc.js";
import { linearProbe } from "./linear-probe.js";
import {
  logMe,
  logMeMaximum,
  logMeMaximumRegression,
  logMeRegression,
  type RegressionInput,
} from "./log-me.js";
import type { Metric, MetricInput } from "./metric.js";
import { nLeep } from "./n-leep.js";
import { nce } from "./nce.js";
import { pactranDirichlet } from "./pactran-dirichlet.js";
import { pactranGamma } from "./pactran-gamma.js";
import { pactranGaussian } from "./pactran-gaussian.js";
import { parc } from "./parc.js";
import { presentClassesOnly } from "./present-classes.js";
import { sfda } from "./sfda.js";
import { transRate, transRateWeighted } from "./trans-rate.js";

/** What the API tells about a metric, and the metric. */
export interface MetricEntry {
  readonly metric: Metric;
  /** For tasks whose targets are numbers; absent where the metric has no such form. */
  readonly regression?: (input: RegressionInput) => Promise<number>;
  /** True where `sourceProbabilities` must be given. */
  readonly needsProbabilities: boolean;
  readonly description: string;
  readonly source: string;
}

/** Every transferability metric under its name in the API. Larger is better for all of them. */
export const METRICS = {
  LOG_ME: {
    metric: logMe,
    regression: logMeRegression,
    needsProbabilities: false,
    description: "Log evidence of a linear model on the features, by MacKay's fixed point",
    source: "You et al., ICML 2021; JMLR 2022",
  },
  LOG_ME_MAXIMUM: {
    metric: logMeMaximum,
    regression: logMeMaximumRegression,
    needsProbabilities: false,
    description:
      "Log evidence of a linear model on the features at its exact maximum, free of the features' scale",
    source: "You et al., ICML 2021; own maximisation",
  },
  H_SCORE: {
    metric: hScore,
    needsProbabilities: false,
    description: "Whitened variance of the features that the class means explain",
    source: "Bao et al., ICIP 2019",
  },
  H_SCORE_SHRINKAGE: {
    metric: hScoreShrinkage,
    needsProbabilities: false,
    description: "H-score with a Ledoit-Wolf covariance, for few samples",
    source: "Ibrahim, Ponomareva and Mazumder, ECML-PKDD 2022",
  },
  TRANS_RATE: {
    metric: transRate,
    needsProbabilities: false,
    description: "Coding rate of all features less that within the classes, classes equal",
    source: "Huang et al., ICML 2022",
  },
  TRANS_RATE_WEIGHTED: {
    metric: transRateWeighted,
    needsProbabilities: false,
    description: "Coding rate of all features less that within the classes, classes by size",
    source: "Huang et al., ICML 2022",
  },
  GBC_DIAGONAL: {
    metric: gbcDiagonal,
    needsProbabilities: false,
    description: "Overlap of the classes as Gaussians with diagonal covariances, negative",
    source: "Pandy et al., CVPR 2022",
  },
  GBC_SPHERICAL: {
    metric: gbcSpherical,
    needsProbabilities: false,
    description: "Overlap of the classes as Gaussians with one variance each, negative",
    source: "Pandy et al., CVPR 2022; log-determinant with its factor D",
  },
  SFDA: {
    metric: sfda,
    needsProbabilities: false,
    description: "Probability of the true class under a regularised Fisher discriminant after ConfMix",
    source: "Shao et al., ECCV 2022",
  },
  ETRAN_ENERGY: {
    metric: etranEnergy,
    needsProbabilities: false,
    description: "Mean free energy of the samples' features",
    source: "Gholami et al., ICCV 2023",
  },
  ETRAN_CLASSIFICATION: {
    metric: etranClassification,
    needsProbabilities: false,
    description: "Probability of the true class under a regularised Fisher discriminant (SFDA's first stage)",
    source: "Gholami et al., ICCV 2023; Shao et al., ECCV 2022",
  },
  LFC: {
    metric: lfc,
    needsProbabilities: false,
    description: "Correlation of the samples' similarities in features and in labels",
    source: "Deshpande et al., arXiv 2102.00084",
  },
  NCE: {
    metric: nce,
    needsProbabilities: true,
    description: "Negative entropy of the label given the source class that the PTM predicts",
    source: "Tran, Nguyen and Hassner, ICCV 2019",
  },
  LEEP: {
    metric: leep,
    needsProbabilities: true,
    description: "Log-likelihood of the label predicted through the PTM's source classes",
    source: "Nguyen et al., ICML 2020",
  },
  N_LEEP: {
    metric: (input) => nLeep(input),
    needsProbabilities: false,
    description: "LEEP with clusters of the features (a Gaussian mixture) in place of source classes",
    source: "Li et al., CVPR 2021; mixture size of Model-Spider",
  },
  PACTRAN_DIRICHLET: {
    metric: pactranDirichlet,
    needsProbabilities: true,
    description: "PAC-Bayes bound of a map from source classes to labels, Dirichlet prior, negative",
    source: "Ding et al., ECCV 2022",
  },
  PACTRAN_GAMMA: {
    metric: pactranGamma,
    needsProbabilities: true,
    description: "PAC-Bayes bound of a map from source classes to labels, Gamma prior, negative",
    source: "Ding et al., ECCV 2022",
  },
  PACTRAN_GAUSSIAN: {
    metric: (input) => pactranGaussian(input),
    needsProbabilities: false,
    description: "PAC-Bayes bound of a linear classifier on the features, Gaussian prior, negative",
    source: "Ding et al., ECCV 2022; at the converged minimum",
  },
  PARC: {
    metric: (input) => parc(input),
    needsProbabilities: false,
    description: "Rank correlation of the samples' distances in features and in labels",
    source: "Bolya, Mittapalli and Hoffman, NeurIPS 2021; exact ties",
  },
  K_NN: {
    metric: (input) => kNn(input),
    needsProbabilities: false,
    description: "Leave-one-out accuracy of the 5 nearest neighbours",
    source: "Cover and Hart, 1967",
  },
  LINEAR_PROBE: {
    metric: (input) => linearProbe(input),
    needsProbabilities: false,
    description: "Cross-validated accuracy of a ridge classifier on the features",
    source: "own; 5 stratified folds",
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof METRICS;

/**
 * One metric of one (PTM, task) pair, over the classes that occur. Ask for several with the same input object: they
 * share their statistics.
 *
 * @throws RangeError as the metric does, and if it needs source probabilities and there are none
 */
export async function measure(name: MetricName, input: MetricInput): Promise<number> {
  const { metric, needsProbabilities }: MetricEntry = METRICS[name];
  if (needsProbabilities && input.sourceProbabilities === undefined) {
    throw new RangeError(`measure: ${name} needs the PTM's source probabilities, this input has none`);
  }
  return metric(presentClassesOnly("measure", input));
}
