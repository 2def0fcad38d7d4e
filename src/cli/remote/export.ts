import process from "node:process";

import {
  everyItem,
  type OrbClient,
  OutcomesOfTaskDocument,
  type OutcomePartsFragment,
  PtmsDocument,
  TasksDocument,
} from "orbweaver-client";

import { printJson } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { withServer } from "./with-server.js";

export const EXPORTS = ["ptms", "tasks", "outcomes"] as const;
export type Exported = (typeof EXPORTS)[number];

const CSV_COLUMNS = [
  "task",
  "ptm",
  "metric",
  "value",
  "protocol",
  "split",
  "seed",
  "reportedBy",
  "evidenceUrl",
  "taskVersion",
  "ptmVersion",
] as const;

/** `orb export`: everything of a kind, on stdout. Outcomes are CSV that `orb outcome import` reads, others JSON lines. */
export async function exportCommand(what: Exported, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => {
    if (what === "ptms") for await (const ptm of ptmsOf(orb)) printJson(ptm);
    else if (what === "tasks") for await (const task of tasksOf(orb)) printJson(task);
    else await exportOutcomes(orb, options.json ?? false);
  });
}

const ptmsOf = (orb: OrbClient) =>
  everyItem(async (after) => (await orb.ask(PtmsDocument, { first: 100, after, orderBy: "OLDEST" })).ptms);

const tasksOf = (orb: OrbClient) =>
  everyItem(async (after) => (await orb.ask(TasksDocument, { first: 100, after, orderBy: "OLDEST" })).tasks);

async function exportOutcomes(orb: OrbClient, json: boolean): Promise<void> {
  if (!json) process.stdout.write(`${CSV_COLUMNS.join(",")}\n`);
  for await (const { id: taskId } of tasksOf(orb)) {
    const outcomes = everyItem(async (after) => {
      const { task } = await orb.ask(OutcomesOfTaskDocument, { taskId, first: 100, after });
      return task?.outcomes ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    });
    for await (const outcome of outcomes) {
      if (json) printJson(outcome);
      else process.stdout.write(`${csvLine(outcome)}\n`);
    }
  }
}

function csvLine({ task, ptm, ...outcome }: OutcomePartsFragment): string {
  const cells = {
    ...outcome,
    task: task.name,
    taskVersion: task.version,
    ptm: ptm.name,
    ptmVersion: ptm.version,
    evidenceUrl: outcome.evidenceUrl ?? "",
  };
  return CSV_COLUMNS.map((column) => csvCell(cells[column])).join(",");
}

/** As RFC 4180 has it; a text that a spreadsheet would take for a formula gets a quote mark before it. */
function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
