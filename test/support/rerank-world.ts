import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import { pino } from "pino";
import { v7 as uuid } from "uuid";

import { type Config, readConfig } from "../../src/config.js";
import { Container } from "../../src/container.js";
import { matrix, type Matrix } from "../../src/engine/matrix.js";
import { GraphBuilder } from "../../src/engine/onnx/graph-builder.js";
import { writeSnapshot } from "../../src/engine/spider/snapshot.js";
import type { Spider as LearnedSpider } from "../../src/engine/spider/spider.js";
import type { PtmSignature } from "../../src/engine/tokens/signature.js";
import { Job } from "../../src/entities/job.js";
import { Spider } from "../../src/entities/spider.js";
import { TaskToken } from "../../src/entities/task-token.js";
import { Task } from "../../src/entities/task.js";
import { sha256 } from "../../src/services/digest.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { npyBytes, utf32 } from "./npy-bytes.js";
import { createTestDatabase, type TestDatabase } from "./postgres.js";
import { RandomSpider } from "./random-spider.js";
import { honestZip } from "./zip-bytes.js";

const VIEWER = localViewer("test");
const SIDE = 4;
/** Values of one image. */
export const INPUTS = 3 * SIDE * SIDE;
export const WIDTH = 16;
export const ENCODER_WIDTH = 6;
const SAMPLES = 24;
const POLL_MS = 10;

/** How every network of the world takes images. */
export const SIGNATURE: PtmSignature = {
  input: "image",
  layout: "NCHW",
  channels: 3,
  height: SIDE,
  width: SIDE,
  range: [0, 1],
  mean: 0,
  std: 1,
  outputs: { features: "features" },
};

/** A PTM of this name answers bright images with NaN; the probe that every new PTM must pass is darker. */
export const FAILS_ON_BRIGHT = "fails-on-bright";

export interface Layer {
  readonly width: number;
  /** Shape [48, width]. */
  readonly weights: Float32Array;
}

export interface WorldTask {
  readonly id: string;
  /** Shape [24, 4, 4, 3]. */
  readonly images: Uint8Array;
  readonly labels: readonly number[];
}

/**
 * A registry with PTMs of one linear layer each and a spider with random weights that knows them: small enough that a
 * run costs the sandbox's start and nothing else, and everything about it can be computed again by hand.
 */
export interface RerankWorld {
  readonly database: TestDatabase;
  readonly container: Container;
  readonly learned: LearnedSpider;
  /** By name. */
  readonly layers: ReadonlyMap<string, Layer>;
  /** By name. */
  readonly ptmIds: ReadonlyMap<string, string>;
  /** Adds a task of two classes whose images depend on the seed. @returns its id and samples, ready to be ranked */
  addTask(seed: number, options?: { bright?: boolean }): Promise<WorldTask>;
  /** A further process's worth of services on the same database and files. */
  openAnother(config?: Partial<Config>): Promise<Container>;
  close(): Promise<void>;
}

/** @param ptms names of the PTMs; jobs are worked on while the world is made, afterwards only if `work` says so */
export async function openRerankWorld(
  ptms: readonly string[],
  { work = false, changes = {} }: { work?: boolean; changes?: Partial<Config> } = {},
): Promise<RerankWorld> {
  const database = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), "orbweaver-rerank-"));
  const log = pino({ level: "silent" });
  const config = {
    ...readConfig({ ORB_AUTH: "off" }),
    home,
    databaseUrl: database.url,
    port: 0,
    jobConcurrency: 2,
    importHosts: ["hub.test"],
    webhookHosts: ["hooks.test"],
    ...changes,
  };
  const opened: Container[] = [];
  const open = async (changes: Partial<Config> = {}): Promise<Container> => {
    const container = await Container.open({ ...config, ...changes }, log);
    opened.push(container);
    return container;
  };
  const close = async (): Promise<void> => {
    for (const container of opened.reverse()) await container.close();
    await database.drop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const maker = await open();
    await maker.work();
    const world = await populate(maker, ptms);
    let container = maker;
    if (!work) {
      // Jobs that a test queues must wait for the test.
      container = await open();
      await maker.close();
    }
    return {
      ...world,
      database,
      container,
      openAnother: open,
      addTask: async (seed, options) => {
        const task = await addTask(container, seed, options);
        if (work) await jobsOver(container);
        else await tokenizeByHand(container, task, world.encoder);
        return task;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when no job of these kinds, or of any, waits or runs. */
export async function jobsOver({ dataSource }: Container): Promise<void> {
  const states = [{ state: "QUEUED" as const }, { state: "RUNNING" as const }];
  while (await dataSource.getRepository(Job).exists({ where: states })) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function populate(
  container: Container,
  names: readonly string[],
): Promise<Pick<RerankWorld, "learned" | "layers" | "ptmIds"> & { encoder: Layer }> {
  const random = new RandomSpider(5);
  const encoder = { width: ENCODER_WIDTH, weights: random.values(INPUTS * ENCODER_WIDTH, 0.3) };
  const layers = new Map(
    names.map((name, i) => [name, { width: 5 + i, weights: random.values(INPUTS * (5 + i), 0.3) }]),
  );
  const files = new Map(
    [...layers].map(([name, { width, weights }]) => [
      name,
      linearNetwork({ width, weights }, name === FAILS_ON_BRIGHT),
    ]),
  );
  const learned: LearnedSpider = {
    encoder: { id: "encoder", digest: await upload(container, linearNetwork(encoder)) },
    parameters: random.parameters(WIDTH, ENCODER_WIDTH),
    ptms: names.map((name) => ({
      id: name,
      digest: sha256(files.get(name)!),
      token: random.values(WIDTH),
      projection: random.matrix(WIDTH, layers.get(name)!.width),
      projectionBias: random.values(WIDTH),
    })),
  };
  const { weights, manifest } = writeSnapshot(learned, "a test", {});
  await container.services.importSpider.run(
    {
      snapshot: await upload(container, weights),
      manifest,
      encoderSignature: SIGNATURE,
    },
    VIEWER,
  );
  const ptmIds = new Map<string, string>();
  for (const [name, file] of files) {
    const artifact = await upload(container, file);
    const { ptm } = await container.services.addPtm.run(
      { name, artifact, signature: SIGNATURE, modality: "IMAGE", tags: [], newVersion: false },
      VIEWER,
    );
    ptmIds.set(name, ptm.id);
  }
  await jobsOver(container);
  return { learned, layers, ptmIds, encoder };
}

/** features = flatten(image) x weights, [n, width]; if it is to fail, plus 0 * sqrt(0.8 - mean of the image). */
export function linearNetwork({ weights, width }: Layer, failsOnBright = false): Uint8Array {
  const graph = new GraphBuilder("linear");
  const image = graph.input("image", "float32", ["n", 3, SIDE, SIDE]);
  const flat = graph.node("Flatten", [image]);
  const layer = graph.constant(weights, [INPUTS, width]);
  if (failsOnBright) {
    const product = graph.node("MatMul", [flat, layer]);
    const mean = graph.node("ReduceMean", [flat], { axes: [1], keepdims: 1 });
    const root = graph.node("Sqrt", [graph.node("Sub", [graph.scalar(0.8), mean])]);
    graph.node("Add", [product, graph.node("Mul", [root, graph.scalar(0)])], {}, "features");
  } else {
    graph.node("MatMul", [flat, layer], {}, "features");
  }
  graph.output("features", "float32", ["n", width]);
  return graph.finish();
}

async function addTask(container: Container, seed: number, { bright = false } = {}): Promise<WorldTask> {
  const values = new RandomSpider(1000 + seed).values(SAMPLES * INPUTS, 30, bright ? 225 : 110);
  const images = Uint8Array.from(values, (value) => Math.max(0, Math.min(255, Math.round(value))));
  const labels = Array.from({ length: SAMPLES }, (_, i) => i % 2);
  const archive = await honestZip({
    "images.npy": npyBytes("|u1", [SAMPLES, SIDE, SIDE, 3], images),
    "labels.npy": npyBytes("<i8", [SAMPLES], BigInt64Array.from(labels, BigInt)),
    "class_names.npy": npyBytes("<U5", [2], utf32(["left", "right"], 5)),
  });
  const artifact = await upload(container, archive);
  const { task } = await container.services.addTask.run(
    { name: `task ${seed}`, content: { artifact }, newVersion: false },
    VIEWER,
  );
  return { id: task.id, images, labels };
}

/** What a TOKENIZE_TASK job would write, without a sandbox and a queue. */
async function tokenizeByHand({ dataSource }: Container, task: WorldTask, encoder: Layer): Promise<void> {
  const { values } = centresByHand(task, encoder);
  const { encoderSha256 } = await dataSource.getRepository(Spider).findOneByOrFail({ active: true });
  await dataSource.getRepository(TaskToken).insert({
    id: uuid(),
    taskId: task.id,
    encoderSha256,
    classCount: 2,
    width: encoder.width,
    vectors: values,
    digest: sha256(values),
  });
  await dataSource.getRepository(Task).update({ id: task.id }, { status: "READY" });
  await dataSource.getRepository(Job).update({ taskId: task.id }, { state: "COMPLETED" });
}

async function upload(container: Container, bytes: Uint8Array): Promise<string> {
  const digest = sha256(bytes);
  const { sizeBytes } = await container.store.write(digest, Readable.from([Buffer.from(bytes)]), {
    maxBytes: 2 ** 30,
  });
  await container.services.registerArtifact.run({ sha256: digest, sizeBytes }, VIEWER);
  return digest;
}

/** Features by hand: images x weights. Shape [24, width]. */
export function featuresByHand({ images, labels }: WorldTask, { width, weights }: Layer): Matrix {
  const features = new Float64Array(labels.length * width);
  for (let n = 0; n < labels.length; n++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
        const value = images[(n * SIDE * SIDE + pixel) * 3 + channel]! / 255; // HWC in the archive
        const row = channel * SIDE * SIDE + pixel; // CHW in the network
        for (let d = 0; d < width; d++) features[n * width + d]! += value * weights[row * width + d]!;
      }
    }
  }
  return matrix(labels.length, width, Float32Array.from(features));
}

/** Class centres by hand: the mean of the features of each class. Shape [2, width]. */
export function centresByHand(task: WorldTask, layer: Layer): Matrix {
  const { width } = layer;
  const { values } = featuresByHand(task, layer);
  const centres = new Float64Array(2 * width);
  const counts = [0, 0];
  task.labels.forEach((label, n) => {
    counts[label]!++;
    for (let d = 0; d < width; d++) centres[label * width + d]! += values[n * width + d]!;
  });
  return matrix(
    2,
    width,
    Float32Array.from(centres, (sum, i) => sum / counts[Math.floor(i / width)]!),
  );
}
