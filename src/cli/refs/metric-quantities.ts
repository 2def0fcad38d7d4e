import { etranEnergy } from "../../engine/transferability/etran.js";
import { gbcDiagonal, gbcSpherical } from "../../engine/transferability/gbc.js";
import { hScoreShrinkage } from "../../engine/transferability/h-score-shrinkage.js";
import { hScore } from "../../engine/transferability/h-score.js";
import { leep } from "../../engine/transferability/leep.js";
import { lfc } from "../../engine/transferability/lfc.js";
import { logMe, logMeMaximum } from "../../engine/transferability/log-me.js";
import type { Metric } from "../../engine/transferability/metric.js";
import { nce } from "../../engine/transferability/nce.js";
import { pactranDirichlet } from "../../engine/transferability/pactran-dirichlet.js";
import { pactranGamma } from "../../engine/transferability/pactran-gamma.js";
import { pactranGaussianOptimum } from "../../engine/transferability/pactran-gaussian.js";
import { parc } from "../../engine/transferability/parc.js";
import { sfda, sfdaFirstStage } from "../../engine/transferability/sfda.js";
import { transRate, transRateWeighted } from "../../engine/transferability/trans-rate.js";

/** Reference files hold PACTran's bounds as published (smaller is better); the engine's metrics are their negatives. */
const published =
  (metric: Metric): Metric =>
  async (input) =>
    0 - (await metric(input));

/** The canonical quantities of refs/metrics by their keys there. */
export const METRIC_QUANTITIES: Readonly<Record<string, Metric>> = {
  hScoreRankTruncated: hScore,
  hScoreRegularized: hScoreShrinkage,
  logME: logMe,
  logMEMaximum: logMeMaximum,
  transRate,
  transRateWeighted,
  lfc,
  // Reference values are of all pairs, whatever their number.
  parc: (input) => parc(input, { maximumSamples: Infinity }),
  sfda,
  sfdaStage1: sfdaFirstStage,
  gbcDiagonal,
  gbcSphericalExact: gbcSpherical,
  etranEnergyMean: etranEnergy,
  nce,
  leep,
  pactranDirichlet: published(pactranDirichlet),
  pactranGamma: published(pactranGamma),
  "pactranGaussOpt.lda0.1": published((input) => pactranGaussianOptimum(input, 0.1)),
  "pactranGaussOpt.lda1": published((input) => pactranGaussianOptimum(input, 1)),
  "pactranGaussOpt.lda10": published((input) => pactranGaussianOptimum(input, 10)),
};
