import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import process from "node:process";

import {
  AddPtmDocument,
  everyItem,
  made,
  type OrbClient,
  PtmByIdDocument,
  type PtmByIdQuery,
  type PtmPartsFragment,
  PtmsDocument,
  RetirePtmDocument,
} from "orbweaver-client";

import { uploadWithBar } from "./bring-task.js";
import { findPtm } from "./find.js";
import { waitWithBar } from "./job-bar.js";
import { count, details, printJson, say, table } from "./output.js";
import { type FilterOptions, toFilter } from "./ptm-filter.js";
import type { ServerOptions } from "./server-options.js";
import { type SignatureOptions, signatureOf } from "./signature-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

export interface AddPtmOptions extends ServerOptions, SignatureOptions {
  readonly name?: string;
  readonly architecture?: string;
  readonly license?: string;
  readonly tag?: string[];
  readonly card?: string;
  readonly newVersion?: boolean;
}

/** `orb ptm add` */
export async function addPtmCommand(file: string, options: AddPtmOptions): Promise<void> {
  const card = options.card === undefined ? undefined : await readFile(options.card, "utf8");
  const { architecture, license, tag: tags = [], newVersion = false } = options;
  const signature = await signatureOf(file, options);
  await withServer(options, async (orb) => {
    const artifact = await uploadWithBar(orb, file);
    const name = options.name ?? basename(file, extname(file));
    const input = { name, artifact, signature, architecture, license, tags, card, newVersion };
    const { addPtm } = await orb.ask(AddPtmDocument, { input });
    const { id, job } = made(addPtm, "ptm");
    for (const { message } of addPtm.warnings) say(`Note: ${message}`);
    await waitWithBar(orb, job, `PTM ${name}`);
    await show(orb, id, options);
  });
}

/** `orb ptm list` */
export async function listPtmsCommand(
  options: ServerOptions & FilterOptions & { limit: number },
): Promise<void> {
  const filter = toFilter(options);
  await withServer(options, async (orb) => {
    const all = everyItem(async (after) => (await orb.ask(PtmsDocument, { first: 100, after, filter })).ptms);
    const ptms = await take(all, options.limit);
    if (options.json) return printJson(...ptms);
    process.stdout.write(
      `${table<PtmPartsFragment>(
        [
          { title: "PTM", cell: ({ name }) => name },
          { title: "version", cell: ({ version }) => version, right: true },
          { title: "status", cell: ({ status }) => status },
          { title: "architecture", cell: ({ architecture }) => architecture },
          { title: "weights", cell: ({ parameterCount }) => count(parameterCount), right: true },
          { title: "MACs", cell: ({ macs }) => count(macs), right: true },
          { title: "licence", cell: ({ license }) => license },
          { title: "tags", cell: ({ tags }) => tags.join(", ") },
          { title: "added", cell: ({ createdAt }) => createdAt.slice(0, 10) },
        ],
        ptms,
      )}\n`,
    );
  });
}

/** `orb ptm show` */
export async function showPtmCommand(which: string, options: ServerOptions): Promise<void> {
  await withServer(options, async (orb) => show(orb, (await findPtm(orb, which)).id, options));
}

/** `orb ptm retire` */
export async function retirePtmCommand(
  which: string,
  options: ServerOptions & { reason: string; successor?: string },
): Promise<void> {
  const { reason, successor } = options;
  await withServer(options, async (orb) => {
    const { id: ptmId } = await findPtm(orb, which);
    const successorId = successor === undefined ? undefined : (await findPtm(orb, successor)).id;
    const input = { ptmId, reason, successorId };
    const ptm = made((await orb.ask(RetirePtmDocument, { input })).retirePtm, "ptm");
    if (options.json) printJson(ptm);
    else process.stdout.write(`${ptm.name} version ${ptm.version} is retired.\n`);
  });
}

async function show(orb: OrbClient, id: string, { json }: ServerOptions): Promise<void> {
  const { ptm } = await orb.ask(PtmByIdDocument, { id });
  if (json) return printJson(ptm!);
  process.stdout.write(describePtm(ptm!));
}

/** All about one PTM, its card at the end. */
export function describePtm({ signature, artifact, ...about }: NonNullable<PtmByIdQuery["ptm"]>): string {
  const text = details({
    name: about.name,
    version: about.version,
    status: about.statusReason === null ? about.status : `${about.status}: ${about.statusReason}`,
    architecture: about.architecture,
    licence: about.license,
    tags: about.tags.join(", "),
    weights: count(about.parameterCount),
    MACs: about.macs === null ? about.macsReason : `${count(about.macs)} an image`,
    latency: latencyText(about.latency),
    "near duplicates": about.nearDuplicates.map(likeText).join(", "),
    similar: about.similarPtms.map(likeText).join(", "),
    features: about.featureWidth,
    takes: `${signature.width} x ${signature.height} pixels as "${signature.input}", ${signature.layout}`,
    added: `${about.createdAt} by ${about.createdBy}`,
    artifact: artifact.sha256,
    id: about.id,
  });
  return `${text}\n${about.card === null ? "" : `\n${about.card}\n`}`;
}

function latencyText(latency: NonNullable<PtmByIdQuery["ptm"]>["latency"]): string | null {
  if (latency === null) return null;
  const { milliseconds, batchSize, provider, threads, machine } = latency;
  const took = `${milliseconds.toPrecision(3)} ms a sample in batches of ${batchSize}`;
  return `${took}, ${threads} thread${threads === 1 ? "" : "s"} on ${provider} (${machine})`;
}

function likeText({
  similarity,
  ptm,
}: {
  similarity: number;
  ptm: { name: string; version: number };
}): string {
  return `${ptm.name}@${ptm.version} (${similarity.toFixed(3)})`;
}
