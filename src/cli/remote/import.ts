import process from "node:process";

import {
  type HuggingFaceSourceInput,
  ImportPtmDocument,
  made,
  type MlflowSourceInput,
  PtmByIdDocument,
} from "orbweaver-client";

import { waitWithBar } from "./job-bar.js";
import { printJson } from "./output.js";
import { describePtm } from "./ptm.js";
import type { ServerOptions } from "./server-options.js";
import { type SignatureOptions, statedSignature } from "./signature-options.js";
import { withServer } from "./with-server.js";

export interface ImportOptions extends ServerOptions, SignatureOptions {
  readonly name?: string;
  readonly license?: string;
  readonly architecture?: string;
  readonly newVersion?: boolean;
}

/** `orb import hf` and `orb import mlflow` */
export async function importCommand(
  source: { huggingFace: HuggingFaceSourceInput } | { mlflow: MlflowSourceInput },
  options: ImportOptions,
): Promise<void> {
  const signature = statedSignature(options);
  const { name, license, architecture, newVersion = false } = options;
  await withServer(options, async (orb) => {
    const input = { ...source, signature, name, license, architecture, newVersion };
    const job = made((await orb.ask(ImportPtmDocument, { input })).importPtm, "job");
    await waitWithBar(orb, job, "importing");
    const id = (await orb.jobDone(job.id)).ptm!.id;
    const added = (await orb.ask(PtmByIdDocument, { id })).ptm!;
    await waitWithBar(orb, added.job, `PTM ${added.name}`);
    const { ptm } = await orb.ask(PtmByIdDocument, { id });
    if (options.json) printJson(ptm!);
    else process.stdout.write(describePtm(ptm!));
  });
}
