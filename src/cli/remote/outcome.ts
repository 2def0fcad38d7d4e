import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import process from "node:process";

import {
  made,
  type OrbClient,
  OrbError,
  type OutcomePartsFragment,
  type OutcomeProtocol,
  ReportOutcomeDocument,
} from "orbweaver-client";

import { DomainError } from "../../errors.js";
import { type OutcomeRow, parseOutcomes } from "../../services/evaluation/parse-outcomes.js";
import { ProgressBar } from "../progress-bar.js";
import { findPtm, findTask } from "./find.js";
import { printJson, say } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

export interface MeasureOptions extends ServerOptions {
  readonly metric: string;
  readonly protocol: OutcomeProtocol;
  readonly split: string;
  readonly seed: number;
  readonly evidence?: string;
}

/** `orb outcome report` */
export async function reportOutcomeCommand(
  task: string,
  ptm: string,
  value: number,
  options: MeasureOptions,
): Promise<void> {
  await withServer(options, async (orb) => {
    const taskId = (await findTask(orb, task)).id;
    const ptmId = (await findPtm(orb, ptm)).id;
    const { metric, protocol, split, seed, evidence: evidenceUrl } = options;
    const input = { taskId, ptmId, metric, value, protocol, split, seed, evidenceUrl };
    const outcome = made((await orb.ask(ReportOutcomeDocument, { input })).reportOutcome, "outcome");
    if (options.json) printJson(outcome);
    else process.stdout.write(`${describe(outcome)}\n`);
  });
}

/** `orb outcome import`: safe to repeat, so after a failure in the middle it is simply run again. */
export async function importOutcomesCommand(
  path: string,
  options: ServerOptions & Pick<MeasureOptions, "protocol" | "split" | "seed">,
): Promise<void> {
  const rows = await readOutcomes(path);
  const { protocol, split, seed } = options;
  await withServer(options, async (orb) => {
    const [tasks, ptms] = [new Ids(orb, findTask), new Ids(orb, findPtm)];
    const bar = new ProgressBar("reporting outcomes");
    const failures: string[] = [];
    for (const [i, row] of rows.entries()) {
      bar.update(i + 1, rows.length, row.ptm);
      const [taskId, ptmId] = [await tasks.of(row.task), await ptms.of(row.ptm)];
      if (taskId === undefined || ptmId === undefined) {
        failures.push(`${row.ptm} on ${row.task}: there is no such ${taskId === undefined ? "task" : "PTM"}`);
        continue;
      }
      const { metric, value } = row;
      const input = { taskId, ptmId, metric, value, protocol, split, seed };
      const { reportOutcome } = await orb.ask(ReportOutcomeDocument, { input });
      const [refusal] = reportOutcome.userErrors;
      if (refusal) failures.push(`${row.ptm} on ${row.task}: ${refusal.message}`);
      else if (options.json) printJson(reportOutcome.outcome!);
    }
    bar.end();
    for (const failure of failures) say(failure);
    say(`${rows.length - failures.length} of ${rows.length} outcomes are in the registry.`);
    if (failures.length > 0)
      throw new OrbError("FAILED_PRECONDITION", `${failures.length} outcomes were refused.`);
  });
}

/** Ids by name, each looked up once. */
class Ids {
  readonly #known = new Map<string, string | undefined>();

  constructor(
    private readonly orb: OrbClient,
    private readonly find: (orb: OrbClient, name: string) => Promise<{ id: string }>,
  ) {}

  async of(name: string): Promise<string | undefined> {
    if (!this.#known.has(name)) this.#known.set(name, await this.#search(name));
    return this.#known.get(name);
  }

  async #search(name: string): Promise<string | undefined> {
    try {
      return (await this.find(this.orb, name)).id;
    } catch (error) {
      if (error instanceof OrbError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }
}

/** The rows of a CSV file, or of all CSV files of a folder in the order of their names. */
async function readOutcomes(path: string): Promise<OutcomeRow[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new DomainError("NOT_FOUND", `There is no readable file or folder ${path}.`, { cause });
  });
  const files = found.isDirectory()
    ? (await readdir(path))
        .filter((file) => extname(file) === ".csv")
        .sort()
        .map((file) => join(path, file))
    : [path];
  if (files.length === 0) throw new DomainError("NOT_FOUND", `There is no .csv file in ${path}.`);
  const rows: OutcomeRow[] = [];
  for (const file of files) rows.push(...parseOutcomes(await readFile(file, "utf8")));
  return rows;
}

function describe({ ptm, task, metric, value, protocol, split, seed }: OutcomePartsFragment): string {
  return `${ptm.name} on ${task.name}: ${metric} ${value} (${protocol}, split ${split}, seed ${seed})`;
}
