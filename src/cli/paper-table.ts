import { alignedTable } from "../engine/evaluation/aligned-table.js";
import { paperMetricCells } from "./paper/metric-cells.js";
import { paperStaticTaus } from "./paper/static-taus.js";

/**
 * Prints the paper's table beside our recomputation: nine metrics on eight data sets, the authors' cell, ours and the
 * difference, then the static ranking on both zoos.
 *
 * @param write receives one line at a time, without its end
 */
export async function paperTableCommand(write: (line: string) => void): Promise<void> {
  await writeMetricCells(write);
  write("");
  await writeStaticTaus(write);
}

async function writeMetricCells(write: (line: string) => void): Promise<void> {
  const { datasets, metrics, cells, modelSpider } = await paperMetricCells();
  const rows = metrics.flatMap((metric) => {
    const row = datasets.map((dataset) =>
      cells.find((cell) => cell.metric === metric && cell.dataset === dataset)!,
    );
    const authors = row.map((cell) => cell.authors);
    const ours = row.map((cell) => cell.ours);
    return [
      [`${metric}, authors`, ...withMean(authors).map(decimals)],
      [`${metric}, ours`, ...withMean(ours).map(decimals)],
      [`${metric}, difference`, ...withMean(ours.map((value, i) => value - authors[i]!)).map(decimals)],
    ];
  });
  rows.push([
    "Model Spider, authors",
    ...withMean(datasets.map((dataset) => modelSpider[dataset]!)).map(decimals),
  ]);
  write(
    "Weighted tau of the paper's metrics on its ten PTMs: accuracies first, raw scores second, rank=None",
  );
  write("");
  for (const line of alignedTable(["metric", ...datasets, "mean"], rows)) write(line);
  write("");
  const different = cells.filter((cell) => !cell.equal);
  write(
    `${cells.length - different.length} of ${cells.length} cells are equal to three decimals. The others:`,
  );
  for (const { metric, dataset, authors, ours } of different) {
    write(
      `  ${metric} on ${dataset}: authors ${decimals(authors)}, ours ${decimals(ours)}, difference ${decimals(ours - authors)}`,
    );
  }
  write(
    "No convention gives the authors' cells there; exchanging two PTMs (LEEP) or moving one (NLEEP, LogME) does: the",
  );
  write(
    "released scores are probably not quite those of the table. Means are of the cells shown. Model Spider's scores",
  );
  write("are not released, so its row is quoted.");
}

async function writeStaticTaus(write: (line: string) => void): Promise<void> {
  write(
    "The static ranking: one fixed order of the zoo for every data set, as the authors' trainer measures a spider",
  );
  write("");
  for (const { title, taus, mean } of await paperStaticTaus()) {
    const cells = Object.entries(taus).map(([dataset, tau]) => `${dataset} ${decimals(tau)}`);
    write(`${title}: mean ${decimals(mean)}`);
    write(`  ${cells.join(", ")}`);
  }
}

function withMean(values: readonly number[]): number[] {
  return [...values, values.reduce((sum, value) => sum + value, 0) / values.length];
}

/** Three decimals; a difference that rounds to nothing has no sign. */
function decimals(value: number): string {
  return value.toFixed(3).replace(/^-(0\.000)$/, "$1");
}
