import { writeSnapshot } from "../../src/engine/spider/snapshot.js";
import { Spider } from "../../src/entities/spider.js";
import { keyOf, toGlobalId } from "../../src/schema/global-id.js";
import { keepArtifact } from "../../src/services/registry/keep-artifact.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { importedPool } from "./imported-pool.js";
import { base64 } from "./private-task.js";
import { RandomSpider } from "./random-spider.js";
import { ENCODER_WIDTH, INPUTS, linearNetwork, type RerankWorld, SIGNATURE, WIDTH } from "./rerank-world.js";
import type { TestServer } from "./server.js";

/** A served registry with two PTMs, whose jobs wait. */
export interface Given {
  readonly world: RerankWorld;
  readonly api: Pick<TestServer, "ask" | "upload">;
}

/**
 * For every mutation an input that changes something. Tests of what all mutations have in common walk this list and fail
 * where one of the schema is missing.
 */
export const MUTATION_EXAMPLES: Readonly<Record<string, (given: Given) => object | Promise<object>>> = {
  addPtm: async ({ api }) => {
    const weights = new RandomSpider(99).values(INPUTS * 3);
    const artifact = await api.upload(linearNetwork({ width: 3, weights }));
    return { name: "example", artifact, signature: { input: "image", height: 4, width: 4 } };
  },
  addPtmVersion: async (given) => {
    const weights = new RandomSpider(97).values(INPUTS * 3);
    return { ptmId: anyPtm(given), artifact: await given.api.upload(linearNetwork({ width: 3, weights })) };
  },
  activateSpider: async ({ world }) => {
    const { container, learned } = world;
    const before = await container.dataSource.getRepository(Spider).findOneByOrFail({ active: true });
    const other = { ...learned, parameters: new RandomSpider(97).parameters(WIDTH, ENCODER_WIDTH) };
    const { weights, manifest } = writeSnapshot(other, "a test", {});
    const snapshot = await keepArtifact(container.dataSource, container.store, weights);
    await container.services.importSpider.run(
      { snapshot, manifest, encoderSignature: SIGNATURE },
      localViewer("test"),
    );
    return { spiderId: toGlobalId("Spider", before.id), force: true };
  },
  addTask: () => ({
    name: "example",
    centres: { classes: ["left", "right"], vectors: base64(new RandomSpider(98).values(2 * ENCODER_WIDTH)) },
  }),
  cancelJob: async (given) => {
    const answer = await given.api.ask<{ rerank: { job: { id: string } } }>(
      `mutation ($input: RerankInput!) { rerank(input: $input) { job { id } } }`,
      { input: { taskId: await newTask(given, 1) } },
    );
    return { jobId: answer.rerank.job.id };
  },
  createAccessKey: () => ({ name: "example", role: "VIEWER" }),
  createPool: async (given) => ({ name: "example", taskIds: [await newTask(given, 80)], trainingTasks: 20 }),
  importPtm: () => ({
    huggingFace: { server: "https://hub.test", repository: "some/body" },
    signature: { input: "image", height: 4, width: 4 },
  }),
  keepRanking: async (given) => ({ taskId: await newTask(given, 2) }),
  measureTransferability: async (given) => ({
    taskId: await newTask(given, 3),
    ptmIds: [anyPtm(given)],
    metrics: ["LOG_ME"],
  }),
  measurePool: async ({ world }) => ({
    poolId: toGlobalId("Pool", await importedPool(world, "measured again")),
  }),
  reportOutcome: async (given) => ({ taskId: await newTask(given, 4), ptmId: anyPtm(given), value: 0.5 }),
  reportOutcomes: async (given) => ({
    outcomes: [{ taskId: await newTask(given, 10), ptmId: anyPtm(given), value: 0.5 }],
  }),
  retirePtm: (given) => ({ ptmId: anyPtm(given), reason: "example" }),
  retireTask: async (given) => ({ taskId: await newTask(given, 6), reason: "example" }),
  trainSpider: async ({ world }) => ({
    poolId: toGlobalId("Pool", await importedPool(world, "to learn from")),
    recipe: { batchSize: 8, validation: 4 },
  }),
  unretirePtm: async (given) => {
    const ptmId = anyPtm(given);
    await given.api.ask(`mutation ($input: RetirePtmInput!) { retirePtm(input: $input) { ptm { id } } }`, {
      input: { ptmId, reason: "example" },
    });
    return { ptmId };
  },
  unretireTask: async (given) => {
    const taskId = await newTask(given, 7);
    await given.api.ask(`mutation ($input: RetireTaskInput!) { retireTask(input: $input) { task { id } } }`, {
      input: { taskId, reason: "example" },
    });
    return { taskId };
  },
  verifyOutcome: async (given) => ({ outcomeId: await newOutcome(given, 8) }),
  withdrawOutcome: async (given) => ({ outcomeId: await newOutcome(given, 9), reason: "example" }),
  updatePtm: (given) => ({ ptmId: anyPtm(given), tags: ["example"], aliases: ["champion"] }),
  rerank: async (given) => ({ taskId: await newTask(given, 5) }),
  addWebhook: () => ({ url: "https://hooks.test/example", events: ["PTM_READY"] }),
  pingWebhook: async (given) => ({ webhookId: await newWebhook(given, "pinged") }),
  removeWebhook: async (given) => ({ webhookId: await newWebhook(given, "removed") }),
  replayWebhookDelivery: async (given) => {
    const delivery = await given.world.container.services.webhooks.request.ping(
      keyOf("Webhook", await newWebhook(given, "replayed")),
      localViewer("test"),
    );
    await given.world.container.dataSource.query(
      `UPDATE webhook_delivery SET state = 'DELIVERED', next_attempt_at = NULL, attempts = 1 WHERE id = $1`,
      [delivery.id],
    );
    return { deliveryId: toGlobalId("WebhookDelivery", delivery.id) };
  },
  rotateWebhookSecret: async (given) => ({ webhookId: await newWebhook(given, "rotated") }),
  updateWebhook: async (given) => ({ webhookId: await newWebhook(given, "updated"), events: ["PTM_FAILED"] }),
  revokeAccessKey: async ({ world }) => {
    const key = { name: "to be revoked", role: "VIEWER" } as const;
    const { accessKey } = await world.container.services.createAccessKey.run(key, localViewer("test"));
    return { accessKeyId: toGlobalId("AccessKey", accessKey.id) };
  },
};

/** @returns its global id */
async function newWebhook({ world }: Given, path: string): Promise<string> {
  const input = { url: `https://hooks.test/${path}`, events: ["PTM_READY"] } as const;
  const { webhook } = await world.container.services.webhooks.add.run(input, localViewer("test"));
  return toGlobalId("Webhook", webhook.id);
}

/** @returns its global id */
async function newTask({ world }: Given, seed: number): Promise<string> {
  return toGlobalId("Task", (await world.addTask(seed)).id);
}

/** @returns its global id */
async function newOutcome(given: Given, seed: number): Promise<string> {
  const { reportOutcome } = await given.api.ask<{ reportOutcome: { outcome: { id: string } } }>(
    `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { outcome { id } } }`,
    { input: { taskId: await newTask(given, seed), ptmId: anyPtm(given), value: 0.5 } },
  );
  return reportOutcome.outcome.id;
}

function anyPtm({ world }: Given): string {
  return toGlobalId("Ptm", [...world.ptmIds.values()][0]!);
}
