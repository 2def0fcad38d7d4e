import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";

import { type MeasurementInput, type OrbClient, OrbError, ReportOutcomesDocument } from "orbweaver-client";

import { DomainError } from "../../errors.js";
import { type OutcomeRow, parseOutcomes } from "../../services/evaluation/parse-outcomes.js";
import { ProgressBar } from "../progress-bar.js";
import { KnownIds } from "./known-ids.js";
import type { MeasureOptions } from "./outcome.js";
import { printJson, say } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

/** Measurements of one request; the server takes no more. */
const BATCH = 1000;

interface Named {
  readonly row: OutcomeRow;
  readonly input: MeasurementInput;
}

/** `orb outcome import`: safe to repeat, so after a failure in the middle it is simply run again. */
export async function importOutcomesCommand(
  path: string,
  options: ServerOptions & Pick<MeasureOptions, "protocol" | "split" | "seed">,
): Promise<void> {
  const rows = await readOutcomes(path);
  await withServer(options, async (orb) => {
    const [tasks, ptms] = [KnownIds.tasks(orb), KnownIds.ptms(orb)];
    const bar = new ProgressBar("reporting outcomes");
    const failures: string[] = [];
    for (let begin = 0; begin < rows.length; begin += BATCH) {
      const some = rows.slice(begin, begin + BATCH);
      await tasks.lookUp(some.map(({ task, taskVersion }) => called(task, taskVersion)));
      await ptms.lookUp(some.map(({ ptm, ptmVersion }) => called(ptm, ptmVersion)));
      const named: Named[] = [];
      for (const row of some) {
        const taskId = tasks.get(called(row.task, row.taskVersion));
        const ptmId = ptms.get(called(row.ptm, row.ptmVersion));
        if (taskId === undefined || ptmId === undefined) {
          failures.push(failure(row, `there is no such ${taskId === undefined ? "task" : "PTM"}`));
          continue;
        }
        const { metric, value, evidenceUrl } = row;
        const { protocol, split, seed } = { ...options, ...row };
        named.push({ row, input: { taskId, ptmId, metric, value, evidenceUrl, protocol, split, seed } });
      }
      failures.push(...(await report(orb, named, options.json ?? false)));
      bar.update(Math.min(begin + BATCH, rows.length), rows.length, rows[begin]!.task);
    }
    bar.end();
    for (const line of failures) say(line);
    say(`${rows.length - failures.length} of ${rows.length} outcomes are in the registry.`);
    if (failures.length > 0)
      throw new OrbError("FAILED_PRECONDITION", `${failures.length} outcomes were refused.`);
  });
}

/** The server takes all or none, so what it refused is left out and the others are sent again. @returns the refusals */
async function report(orb: OrbClient, named: readonly Named[], json: boolean): Promise<string[]> {
  if (named.length === 0) return [];
  const input = { outcomes: named.map(({ input }) => input) };
  const { outcomes, userErrors } = (await orb.ask(ReportOutcomesDocument, { input })).reportOutcomes;
  if (json) for (const outcome of outcomes ?? []) printJson(outcome);
  if (userErrors.length === 0) return [];
  const whole = userErrors.find(({ path }) => path.length < 3);
  if (whole !== undefined) throw new OrbError(whole.code, whole.message);
  const refused = new Map(userErrors.map(({ path, message }) => [Number(path[2]), message]));
  const failures = [...refused].map(([place, message]) => failure(named[place]!.row, message));
  const others = named.filter((_, place) => !refused.has(place));
  return [...failures, ...(await report(orb, others, json))];
}

function failure({ task, ptm }: OutcomeRow, reason: string): string {
  return `${ptm} on ${task}: ${reason}`;
}

/** How the command line names it. */
function called(name: string, version: number | undefined): string {
  return version === undefined ? name : `${name}@${version}`;
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
