import { z } from "zod";

import { weightedTau } from "../../engine/ranking/weighted-tau.js";
import { readPaperFile } from "./read-paper-file.js";

/** One cell of the authors' table, theirs and ours. */
export interface MetricCell {
  readonly metric: string;
  readonly dataset: string;
  /** What the authors' README prints, three decimals. */
  readonly authors: number;
  /** Weighted tau of the released scores against the released accuracies, accuracies first. */
  readonly ours: number;
  /** Whether ours rounds to the authors' three decimals. */
  readonly equal: boolean;
}

const byDataset = z.record(z.string(), z.array(z.number()));
const tableFile = z.object({
  datasets: z.array(z.string()),
  accuracies: byDataset,
  scores: z.record(z.string(), byDataset),
  table: z.array(
    z.object({ metric: z.string(), cells: z.array(z.object({ dataset: z.string(), readme: z.number() })) }),
  ),
  modelSpiderReadme: z.record(z.string(), z.number()),
});

/** The authors' table: Model Spider's own row cannot be recomputed (its scores are not released) and is quoted. */
export interface PaperTable {
  readonly datasets: readonly string[];
  readonly metrics: readonly string[];
  readonly cells: readonly MetricCell[];
  readonly modelSpider: Readonly<Record<string, number>>;
}

/**
 * Recomputes the weighted tau of nine metrics on eight data sets from the authors' released scores.
 *
 * Convention (found by trying them all): accuracies first, raw scores second, `rank=None`, every metric with the sign it is
 * stored with.
 */
export async function paperMetricCells(): Promise<PaperTable> {
  const { datasets, accuracies, scores, table, modelSpiderReadme } = tableFile.parse(
    JSON.parse(await readPaperFile("table.json")),
  );
  const cells = table.flatMap(({ metric, cells }) =>
    cells.map(({ dataset, readme }) => {
      const ours = weightedTau(accuracies[dataset]!, scores[metric]![dataset]!);
      return { metric, dataset, authors: readme, ours, equal: ours.toFixed(3) === readme.toFixed(3) };
    }),
  );
  return { datasets, metrics: table.map(({ metric }) => metric), cells, modelSpider: modelSpiderReadme };
}
