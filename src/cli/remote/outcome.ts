import process from "node:process";

import {
  made,
  type OutcomePartsFragment,
  type OutcomeProtocol,
  ReportOutcomeDocument,
} from "orbweaver-client";

import { findPtm, findTask } from "./find.js";
import { printJson } from "./output.js";
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

function describe({ ptm, task, metric, value, protocol, split, seed }: OutcomePartsFragment): string {
  return `${ptm.name} on ${task.name}: ${metric} ${value} (${protocol}, split ${split}, seed ${seed})`;
}
