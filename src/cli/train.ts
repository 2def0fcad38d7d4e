import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { DEFAULT_ARCHIVE_LIMITS } from "../archives/archive-limits.js";
import { readTrainingPool } from "../archives/training-pool.js";
import { readConfig } from "../config.js";
import { trainingCurveSvg } from "../engine/training/training-curve-svg.js";
import { DomainError } from "../errors.js";
import { EVALUATION_FILE } from "../services/evaluation/kept-evaluation.js";
import { parseRecipe, trainZooSpider } from "../services/training/train-zoo-spider.js";
import { evaluateCommand } from "./evaluate.js";
import { ZOO_FOLDER } from "./import-zoo.js";
import { ProgressBar } from "./progress-bar.js";

export interface TrainOptions {
  readonly out?: string;
  readonly seed?: string;
  readonly recipe?: string;
  readonly evaluate: boolean;
}

/** `orb train`: learns a spider from the demo zoo's measured pool and compares it with what was measured. */
export async function trainCommand({ out, seed, recipe = "{}", evaluate }: TrainOptions): Promise<void> {
  const config = readConfig();
  const folder = out ?? join(config.home, "spider");
  const given = parsedJson(recipe);
  const chosen = parseRecipe(seed === undefined ? given : { ...given, seed: Number(seed) });
  const pool = await readTrainingPool(join(ZOO_FOLDER, "pool", "pool.npz"), DEFAULT_ARCHIVE_LIMITS);

  const begin = performance.now();
  const bar = new ProgressBar("training");
  const { weights, manifest, curve } = await trainZooSpider(pool, chosen, {
    session: {
      executionProviders: ["cpu"],
      onWarning: (warning) => void process.stderr.write(`${warning}\n`),
    },
    onEpoch: ({ epoch, loss, validationTau }, epochs) =>
      bar.update(epoch, epochs, `loss ${loss.toFixed(4)}, validation tau_w ${validationTau.toFixed(3)}`),
  });
  bar.end();

  await mkdir(folder, { recursive: true });
  await rm(join(folder, EVALUATION_FILE), { force: true }); // of the spider that was here before
  await writeFile(join(folder, "spider.safetensors"), weights);
  await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  await writeFile(join(folder, "curve.svg"), trainingCurveSvg(curve));
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  process.stderr.write(`Trained in ${seconds} s; ${folder} holds the spider, its manifest and curve.svg.\n`);
  if (evaluate) {
    await evaluateCommand({ spider: folder, reranked: true, keep: true, command: "orb train" });
  }
}

function parsedJson(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // told below, as any other text that is no recipe
  }
  throw new DomainError("BAD_USER_INPUT", `--recipe must be a JSON object, got ${text}`);
}
