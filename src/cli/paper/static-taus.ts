import { z } from "zod";

import { ordinalRanks } from "../../engine/ranking/order.js";
import { staticScores, staticScoresLeaveOneTaskOut } from "../../engine/ranking/static-ranking.js";
import { weightedTau } from "../../engine/ranking/weighted-tau.js";
import { readPaperFile } from "./read-paper-file.js";

/** How well one fixed order of a zoo does on the paper's data sets. */
export interface StaticTaus {
  readonly title: string;
  readonly taus: Readonly<Record<string, number>>;
  readonly mean: number;
}

const byDataset = z.record(z.string(), z.array(z.number()));
const tableFile = z.object({ datasets: z.array(z.string()), ftRank: byDataset });
const trainingFile = z.object({ ranks: byDataset });
const zooFile = z.object({ models: z.array(z.string()), ftRank: byDataset });

/** The training groups named by the authors' scripts/test-model-spider.sh for the ten-PTM zoo. */
const TRAINING_GROUPS = [
  "c86",
  "c59",
  "c16",
  "c14",
  "c38",
  "c43",
  "c9",
  "c12",
  "c32",
  "c19",
  "c31",
  "c57",
  "c29",
];

/** The data sets on which the authors test the 42-PTM zoo. */
const MULTI_SOURCE_TESTS = ["Aircraft", "DTD", "Pet"];

/**
 * The static ranking on the paper's two zoos, measured as the authors' trainer measures a spider: both orders as integers
 * without ties, outcomes first, `rank=None`. Raw accuracies with their ties would give .777, .426 and .581 instead.
 */
export async function paperStaticTaus(): Promise<StaticTaus[]> {
  const { datasets, ftRank } = tableFile.parse(JSON.parse(await readPaperFile("table.json")));
  const { ranks } = trainingFile.parse(JSON.parse(await readPaperFile("training_task_ranks.json")));
  const zoo = zooFile.parse(JSON.parse(await readPaperFile("multi_source_zoo.json")));
  const training = parseTrainingRanks(
    await readPaperFile("multi_source_training_task_ranks.csv"),
    zoo.models,
  );

  const tenStatic = staticScores(
    TRAINING_GROUPS.map((group) => ranks[group]!),
    ftRank[datasets[0]!]!.length,
  );
  const zooStatic = staticScores(training, zoo.models.length);
  const zooDatasets = Object.keys(zoo.ftRank);
  const leftOut = staticScoresLeaveOneTaskOut(
    zooDatasets.map((dataset) => zoo.ftRank[dataset]!),
    zoo.models.length,
  );
  return [
    staticTaus(`10 PTMs, mean rank over ${TRAINING_GROUPS.length} training groups`, datasets, (dataset) =>
      trainerTau(ftRank[dataset]!, tenStatic),
    ),
    staticTaus(`42 PTMs, mean rank over ${training.length} training groups`, MULTI_SOURCE_TESTS, (dataset) =>
      trainerTau(zoo.ftRank[dataset]!, zooStatic),
    ),
    staticTaus("42 PTMs, mean rank over the six other data sets", MULTI_SOURCE_TESTS, (dataset) =>
      trainerTau(zoo.ftRank[dataset]!, leftOut[zooDatasets.indexOf(dataset)]!),
    ),
  ];
}

function staticTaus(
  title: string,
  datasets: readonly string[],
  tau: (dataset: string) => number,
): StaticTaus {
  const taus = datasets.map(tau);
  return {
    title,
    taus: Object.fromEntries(datasets.map((dataset, i) => [dataset, taus[i]!])),
    mean: taus.reduce((sum, value) => sum + value, 0) / taus.length,
  };
}

/**
 * The trainer's measure: its FTRank (0 is worst, released with the accuracies, accuracy ties told apart) against the places
 * of the scores in a stable ascending sort, so that of equal scores the later PTM counts as better.
 */
function trainerTau(ftRank: readonly number[], scores: Float64Array): number {
  const places = ordinalRanks(
    "trainerTau",
    scores.map((score) => -score),
  );
  return weightedTau(ftRank, places);
}

/**
 * Reads a CSV of PTM rows and training group columns.
 *
 * @returns shape [groups, PTMs], PTMs in the order of `models`
 */
function parseTrainingRanks(csv: string, models: readonly string[]): number[][] {
  const [header, ...lines] = csv.trim().split("\n");
  const groups = header!.split(",").length - 1;
  const byModel = new Map(
    lines.map((line) => {
      const [model, ...cells] = line.split(",");
      return [model!, cells.map(Number)];
    }),
  );
  return Array.from({ length: groups }, (_, group) => models.map((model) => byModel.get(model)![group]!));
}
