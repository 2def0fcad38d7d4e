import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { pino } from "pino";

import { type Config, readConfig } from "../../src/config.js";
import { Container } from "../../src/container.js";
import type { Network } from "../../src/services/outbound/internet.js";
import { sha256 } from "../../src/services/digest.js";
import { localViewer, type Role } from "../../src/services/access/viewer.js";
import { repositoryRoot } from "./paths.js";
import { createTestDatabase } from "./postgres.js";

export interface ApiError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId?: string;
    readonly [key: string]: unknown;
  };
}

/** An answer of the API with the status that it came with. */
export interface Answer<Data> {
  readonly status: number;
  readonly data?: Data | null;
  readonly errors?: readonly ApiError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A whole Orbweaver in this process: its own database, its own home, any free port. */
export interface TestServer {
  readonly address: string;
  readonly container: Container;
  /** What it logged, one line of JSON each. */
  readonly logged: readonly string[];
  /** Sends one operation as JSON over POST. */
  request<Data>(query: string, variables?: object): Promise<Answer<Data>>;
  /** The data of an operation that must succeed. */
  ask<Data>(query: string, variables?: object): Promise<Data>;
  /** Uploads bytes. @returns their digest */
  upload(bytes: Uint8Array): Promise<string>;
  /** Makes an access key of a role; one of each, the administrator's is taken if it is needed. @returns its secret */
  keyOf(role: Role): Promise<string>;
  /** Resolves when no job waits or runs. */
  jobsOver(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** PTMs of the demo zoo to import with the spider; none by default, which also leaves the spider out. */
  readonly ptms?: readonly string[];
  /** Whether jobs are worked on; by default they are exactly when there are PTMs. */
  readonly work?: boolean;
  readonly config?: Partial<Config>;
  /** What lies beyond the server; the internet by default. */
  readonly network?: Network;
}

/** The smallest PTMs of the demo zoo: the fewest bytes to run in a sandbox. */
export const SMALL_ZOO = [
  "animals-mobile",
  "digits-mobile",
  "garments-mobile",
  "hands-mobile",
  "letters-mobile",
] as const;

export async function startTestServer({
  ptms = [],
  work = ptms.length > 0,
  config = {},
  network,
}: TestServerOptions = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), "orbweaver-server-"));
  const logged: string[] = [];
  const log = pino({ level: "info", base: null }, { write: (line: string) => void logged.push(line) });
  const container = await Container.open(
    {
      ...readConfig({ ORB_AUTH: "off" }),
      home,
      databaseUrl: database.url,
      port: 0,
      jobConcurrency: 2,
      ...config,
    },
    log,
    network,
  );
  const close = async (): Promise<void> => {
    await container.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    if (work) await container.work();
    if (ptms.length > 0) await importPtms(container, ptms, join(home, "zoo"));
    const address = await container.serve();
    const keyOf = async (role: Role): Promise<string> => {
      const { secret } = await container.services.createAccessKey.run(
        { name: `a ${role}`, role },
        localViewer("test"),
      );
      return secret;
    };
    return {
      ...client(address, config.auth === "on" ? await keyOf("ADMIN") : undefined),
      address,
      keyOf,
      container,
      logged,
      jobsOver: () => jobsOver(container),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Asks a server at an address, as any program would. */
export function client(address: string, accessKey?: string): Pick<TestServer, "request" | "ask" | "upload"> {
  const headers = accessKey === undefined ? {} : { authorization: `Bearer ${accessKey}` };
  async function request<Data>(query: string, variables: object = {}): Promise<Answer<Data>> {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  }
  return {
    request,
    async ask<Data>(query: string, variables: object = {}): Promise<Data> {
      const answer = await request<Data>(query, variables);
      if (answer.errors || !answer.data) throw new Error(JSON.stringify(answer.errors));
      return answer.data;
    },
    async upload(bytes) {
      const digest = sha256(bytes);
      const response = await fetch(`${address}/artifacts/${digest}`, {
        method: "PUT",
        headers,
        body: new Uint8Array(bytes),
      });
      if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
      return digest;
    },
  };
}

/** A spider of the demo zoo whose fitness PyTorch has computed too; it has no prior. */
export const REFERENCE_SPIDER = new URL("test/refs/spider-zoo/", repositoryRoot);

/** A file of the demo zoo, by its path inside it. */
export function zooFile(path: string): string {
  return fileURLToPath(new URL(`zoo/${path}`, repositoryRoot));
}

/** Imports a part of the demo zoo through the same service as the whole: each PTM costs a run in the sandbox. */
async function importPtms(container: Container, names: readonly string[], folder: string): Promise<void> {
  const list = JSON.parse(await readFile(zooFile("ptms.json"), "utf8")) as {
    ptms: { id: string; role: string }[];
  };
  const ptms = list.ptms.filter(({ id, role }) => role === "encoder" || names.includes(id));
  await mkdir(join(folder, "ptms"), { recursive: true });
  await cp(fileURLToPath(REFERENCE_SPIDER), join(folder, "spider"), { recursive: true });
  for (const { id } of ptms) await cp(zooFile(`ptms/${id}.onnx`), join(folder, "ptms", `${id}.onnx`));
  await writeFile(join(folder, "ptms.json"), JSON.stringify({ ...list, ptms }));
  await writeFile(join(folder, "tasks.json"), "[]");
  await container.services.importZoo.run(folder, { tasks: false, except: [] }, () => undefined);
  await jobsOver(container);
}

const POLL_MS = 20;

async function jobsOver(container: Container): Promise<void> {
  for (;;) {
    const { done, total } = await container.services.importZoo.jobsDone();
    if (done === total) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
