import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";

import { CODE_VERSION } from "../code-version.js";
import { readConfig } from "../config.js";
import type { Container } from "../container.js";
import type { Evaluation } from "../engine/evaluation/evaluate-rankers.js";
import { evaluationRows } from "../engine/evaluation/evaluation-rows.js";
import { evaluationSvg } from "../engine/evaluation/evaluation-svg.js";
import { evaluationText } from "../engine/evaluation/evaluation-text.js";
import type { Ranker } from "../engine/evaluation/ranker.js";
import type { Ptm } from "../entities/ptm.js";
import type { Task } from "../entities/task.js";
import { DomainError } from "../errors.js";
import { createLogger } from "../log.js";
import { sha256 } from "../services/digest.js";
import { keepEvaluation } from "../services/evaluation/kept-evaluation.js";
import { parseOutcomes } from "../services/evaluation/parse-outcomes.js";
import { importZooWithProgress, ZOO_FOLDER } from "./import-zoo.js";
import { ProgressBar } from "./progress-bar.js";
import { withContainer } from "./with-container.js";

const ARCHIVES: ReadonlySet<string> = new Set([".npz", ".zip"]);

export interface EvaluateOptions {
  readonly tasks?: string;
  readonly outcomes?: string;
  readonly json?: boolean;
  /** A folder with spider.safetensors and manifest.json; without it, the zoo's spider. */
  readonly spider?: string;
  readonly reranked?: boolean;
  readonly metrics?: boolean;
  readonly svg?: string;
  /** Leaves the comparison beside the spider as evaluation.json. */
  readonly keep?: boolean;
  /** What to tell in that file of how it was measured. */
  readonly command?: string;
}

/**
 * `orb evaluate`: ranks tasks through the services of the API and compares with measured outcomes. It works in a registry
 * of its own, so that tasks brought for a comparison do not appear in anybody's zoo.
 */
export async function evaluateCommand(options: EvaluateOptions): Promise<void> {
  const { tasks, outcomes, json = false, spider } = options;
  const config = readConfig();
  const own = { ...config, home: join(config.home, "evaluate"), databaseUrl: undefined };
  await withContainer(own, createLogger("warn"), async (container) => {
    await container.work();
    // With tasks and outcomes: what is known of other tasks is part of a ranking.
    await importZooWithProgress(container, { tasks: true });
    if (spider !== undefined) await container.services.importZoo.importSpiderFrom(spider);
    const zooOutcomes = parseOutcomes(await readFile(join(ZOO_FOLDER, "outcomes.csv"), "utf8"));
    const given = outcomes === undefined ? zooOutcomes : parseOutcomes(await readFile(outcomes, "utf8"));
    const percent = given.find(({ metric, value }) => metric.toLowerCase() === "accuracy" && value > 1);
    if (percent !== undefined) {
      process.stderr.write(
        `Accuracies are taken as fractions, and there is one of ${percent.value}: divide by 100, or regret is 100 times too large.\n`,
      );
    }
    const named = new Set(given.map(({ task }) => task));
    const bar = new ProgressBar("ranking");
    const evaluation = await container.services.evaluateSpider.run(
      {
        tasks: await listArchives(tasks ?? join(ZOO_FOLDER, "tasks"), named),
        outcomes: given,
        furtherOutcomes: zooOutcomes.filter(({ task }) => !named.has(task)),
      },
      (done, total, what) => bar.update(done, total, what),
      async (ranked, ptms) => {
        bar.end();
        const kept = tasks === undefined ? await keptOutputs() : new Map<string, string>();
        return [
          ...(options.reranked ? await rerankedRankers(container, ranked, ptms, kept) : []),
          ...(options.metrics ? await metricRankers(container, ranked, ptms, kept) : []),
        ];
      },
    );
    if (options.keep) await keepBeside(spider ?? join(ZOO_FOLDER, "spider"), evaluation, options);
    if (options.svg !== undefined) await writeFile(options.svg, evaluationSvg(evaluation));
    const lines = json
      ? evaluationRows(evaluation).map((row) => JSON.stringify(row))
      : [evaluationText(evaluation)];
    process.stdout.write(`${lines.join("\n")}\n`);
    return "done";
  });
}

async function keepBeside(
  folder: string,
  evaluation: Evaluation,
  { tasks, reranked, metrics, command }: EvaluateOptions,
): Promise<void> {
  const asked = [tasks && "--tasks", reranked && "--reranked", metrics && "--metrics"].filter(Boolean);
  const measuredBy = [
    command ?? ["orb evaluate", ...asked].join(" "),
    `Orbweaver ${CODE_VERSION}`,
    new Date().toISOString().slice(0, 10),
  ].join(", ");
  await keepEvaluation(
    folder,
    evaluation,
    sha256(await readFile(join(folder, "spider.safetensors"))),
    measuredBy,
  );
}

/** A row for every number of PTMs that are run. */
async function rerankedRankers(
  container: Container,
  tasks: readonly Task[],
  ptms: readonly Ptm[],
  kept: ReadonlyMap<string, string>,
): Promise<readonly Ranker[]> {
  for (const { name } of tasks.filter(({ name, sampleCount }) => sampleCount === 0 && !kept.has(name))) {
    process.stderr.write(`No samples of ${name}: its re-ranked rows are its coarse ranking.\n`);
  }
  const bar = new ProgressBar("re-ranking");
  const rankers = await container.services.evaluateReranked.run(tasks, ptms, kept, (done, total, what) =>
    bar.update(done, total, what),
  );
  bar.end();
  return rankers;
}

/** A row for every transferability metric; a long run, so with a bar of its own. */
async function metricRankers(
  container: Container,
  tasks: readonly Task[],
  ptms: readonly Ptm[],
  kept: ReadonlyMap<string, string>,
): Promise<readonly Ranker[]> {
  const bar = new ProgressBar("measuring");
  const rankers = await container.services.evaluateMetrics.run(tasks, ptms, kept, (done, total, what) =>
    bar.update(Math.round(100 * done), 100 * total, what),
  );
  bar.end();
  return rankers;
}

/** What the demo zoo keeps of its PTMs' outputs on the tasks whose images it may not carry: file by task name. */
async function keptOutputs(): Promise<Map<string, string>> {
  const folder = join(ZOO_FOLDER, "outputs");
  const files = await readdir(folder);
  return new Map(files.map((file) => [basename(file, extname(file)), join(folder, file)]));
}

/** The archives of a folder whose names have outcomes, in the order of names. */
async function listArchives(
  folder: string,
  named: ReadonlySet<string>,
): Promise<{ name: string; path: string }[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new DomainError("NOT_FOUND", `There is no readable folder ${folder}.`, { cause });
  });
  const archives = files
    .filter((file) => ARCHIVES.has(extname(file)))
    .sort()
    .map((file) => ({ name: basename(file, extname(file)), path: join(folder, file) }));
  const known = archives.filter(({ name }) => named.has(name));
  for (const { name } of archives.filter((archive) => !known.includes(archive))) {
    process.stderr.write(`No outcomes on ${name}: left out.\n`);
  }
  if (known.length === 0) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `No .npz or .zip file in ${folder} is named like a task of the outcomes.`,
    );
  }
  return known;
}
