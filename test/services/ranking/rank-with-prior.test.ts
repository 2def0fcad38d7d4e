import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";

import { pino } from "pino";
import { v7 as uuid } from "uuid";

import { readConfig } from "../../../src/config.js";
import { Container } from "../../../src/container.js";
import type { Matrix } from "../../../src/engine/matrix.js";
import { GraphBuilder } from "../../../src/engine/onnx/graph-builder.js";
import { withPrior } from "../../../src/engine/ranking/with-prior.js";
import { fitness } from "../../../src/engine/spider/fitness.js";
import { writeSnapshot } from "../../../src/engine/spider/snapshot.js";
import type { Spider as LearnedSpider } from "../../../src/engine/spider/spider.js";
import type { PtmSignature } from "../../../src/engine/tokens/signature.js";
import { Outcome } from "../../../src/entities/outcome.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { sha256 } from "../../../src/services/digest.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { npyBytes } from "../../support/npy-bytes.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { RandomSpider } from "../../support/random-spider.js";
import { honestZip } from "../../support/zip-bytes.js";

const VIEWER = localViewer("test");
const [WIDTH, ENCODER_WIDTH, WEIGHT] = [8, 4, 0.5];
const NAMES = ["a", "b", "c", "d"];
const SIGNATURE: PtmSignature = {
  input: "image",
  layout: "NCHW",
  channels: 3,
  height: 2,
  width: 2,
  range: [0, 1],
  mean: 0,
  std: 1,
  outputs: { features: "features" },
};

const random = new RandomSpider(11);
const centres = random.matrix(3, ENCODER_WIDTH);
const ids = NAMES.map(() => uuid()).sort(); // by position, as the index holds them
let database: TestDatabase;
let container: Container;
let home: string;
let learned: LearnedSpider;
let [ranked, renamed, other] = ["", "", ""];

before(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), "orbweaver-prior-"));
  const config = { ...readConfig({}), home, databaseUrl: database.url };
  container = await Container.open(config, pino({ level: "silent" }));
  const encoder = await upload(encoderNetwork());
  const digests = await Promise.all(NAMES.map((name) => upload(Buffer.from(name))));
  learned = {
    encoder: { id: "encoder", digest: encoder },
    parameters: random.parameters(WIDTH, ENCODER_WIDTH),
    ptms: NAMES.map((id, m) => ({
      id,
      digest: digests[m]!,
      token: random.values(WIDTH),
      projection: random.matrix(WIDTH, 3),
      projectionBias: random.values(WIDTH),
    })),
  };
  await container.dataSource.getRepository(Ptm).insert(
    NAMES.map((name, m) => ({
      id: ids[m]!,
      name,
      version: 1,
      status: "READY" as const,
      modality: "IMAGE" as const,
      architecture: m < 2 ? "plain" : null,
      tags: name === "b" ? [] : ["chosen"],
      signature: SIGNATURE,
      artifactSha256: digests[m]!,
      sizeBytes: 1,
      parameterCount: 1,
      featureWidth: 3,
      createdBy: "test",
    })),
  );
  await useSpider(WEIGHT);
  ranked = await addTask("ranked", centres);
  renamed = await addTask("ranked", random.matrix(3, ENCODER_WIDTH));
  other = await addTask("other", random.matrix(2, ENCODER_WIDTH));
});

after(async () => {
  await container.close();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

function encoderNetwork(): Uint8Array {
  const graph = new GraphBuilder("encoder");
  const image = graph.input("image", "float32", ["n", 3, 2, 2]);
  const weights = graph.constant(random.values(12 * ENCODER_WIDTH), [12, ENCODER_WIDTH]);
  graph.node("MatMul", [graph.node("Flatten", [image]), weights], {}, "features");
  graph.output("features", "float32", ["n", ENCODER_WIDTH]);
  return graph.finish();
}

async function upload(bytes: Uint8Array): Promise<string> {
  const digest = sha256(bytes);
  const { sizeBytes } = await container.store.write(digest, Readable.from([Buffer.from(bytes)]), {
    maxBytes: 2 ** 20,
  });
  await container.services.registerArtifact.run({ sha256: digest, sizeBytes }, VIEWER);
  return digest;
}

/** Another prior weight is another spider, as other weights would be. */
async function useSpider(priorWeight: number): Promise<void> {
  const headBias = learned.parameters.headBias + priorWeight / 1024;
  const parameters = { ...learned.parameters, headBias };
  const { weights, manifest } = writeSnapshot({ ...learned, parameters }, "a test", {}, priorWeight);
  const snapshot = await upload(weights);
  await container.services.importSpider.run({ snapshot, manifest, encoderSignature: SIGNATURE }, VIEWER);
}

async function addTask(name: string, { rows, columns, values }: Matrix): Promise<string> {
  const artifact = await upload(await honestZip({ "centres.npy": npyBytes("<f4", [rows, columns], values) }));
  const { task } = await container.services.addTask.run(
    { name, content: { artifact }, newVersion: true },
    VIEWER,
  );
  return task.id;
}

async function report(taskId: string, values: readonly number[]): Promise<void> {
  const run = { metric: "accuracy", protocol: "FULL_FINE_TUNE" as const, split: "test", seed: 0 };
  await container.dataSource
    .getRepository(Outcome)
    .insert(
      values.map((value, m) => ({ id: uuid(), taskId, ptmId: ids[m]!, value, ...run, reportedBy: "t" })),
    );
}

/** Reported fitness by position; NaN for PTMs that the filter left out. */
async function rank(filter: { tags?: string[] } = {}): Promise<{ values: number[]; receipt: string }> {
  const { entries, receipt } = await container.services.rankZoo.run({ taskId: ranked, topK: 10, filter });
  const values = ids.map((id) => entries.find(({ ptmId }) => ptmId === id)?.fitness ?? NaN);
  const shown = entries.map((entry) => entry.fitness);
  assert.deepEqual(
    shown,
    shown.toSorted((a, b) => b - a),
    "sorted by the reported fitness",
  );
  return { values, receipt };
}

function near(got: readonly number[], expected: ArrayLike<number>): void {
  const largest = Math.max(...got.map((value, m) => Math.abs(value - expected[m]!)));
  assert.ok(largest < 1e-5, `largest difference ${largest}`);
}

const own = (): number[] => learned.ptms.map(({ token }) => fitness(learned.parameters, token, centres));

test("a ranking follows outcomes on other tasks as much as the spider's prior weight says", async () => {
  near((await rank()).values, withPrior(own(), undefined, WEIGHT)); // nothing is known yet

  const before = await rank();
  await report(ranked, [0.9, 0.1, 0.5, 0.2]);
  await report(renamed, [0.1, 0.9, 0.2, 0.8]);
  const unmoved = await rank();
  assert.deepEqual(
    unmoved.values,
    before.values,
    "outcomes on the ranked task and its versions do not enter",
  );

  await report(other, [0.4, 0.3, 0.2, 0.1]);
  const moved = await rank();
  // Beaten: all others, two, one, none; the first two are of one architecture and share their mean.
  near(moved.values, withPrior(own(), [2.5, 2.5, 1, 0], WEIGHT));
  assert.notEqual(moved.receipt, unmoved.receipt);
});

test("a filter leaves the fitness of those that it admits as it is", async () => {
  const all = (await rank()).values;
  const chosen = (await rank({ tags: ["chosen"] })).values;
  assert.ok(Number.isNaN(chosen[1]));
  for (const m of [0, 2, 3]) assert.equal(chosen[m], all[m]);
});

test("a spider without a prior weight ranks by its fitness alone", async () => {
  await useSpider(0);
  near((await rank()).values, own());
});
