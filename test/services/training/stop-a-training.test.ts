import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Job } from "../../../src/entities/job.js";
import { SpiderEpoch } from "../../../src/entities/spider-epoch.js";
import { SpiderTraining } from "../../../src/entities/spider-training.js";
import { Spider } from "../../../src/entities/spider.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { importedPool } from "../../support/imported-pool.js";
import { OrbProcess } from "../../support/orb-process.js";
import { openRerankWorld, type RerankWorld } from "../../support/rerank-world.js";

const VIEWER = localViewer("test");
const POLL_MS = 10;
const RECIPE = { width: 8, batchSize: 8, validation: 4, epochs: 200, companions: 1 };
const EPOCHS = 400;

let world: RerankWorld;
let poolId: string;
before(async () => {
  world = await openRerankWorld(["first", "second"]);
  poolId = await importedPool(world, "to learn from");
});
after(() => world.close());

function worker(): OrbProcess {
  const { home } = world.container.config;
  const environment = { ORB_HOME: home, DATABASE_URL: world.database.url, ORB_LOG_LEVEL: "silent" };
  return new OrbProcess(["worker", "--queues", "train"], environment);
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

async function epochsOf(spiderId: string): Promise<number[]> {
  const rows = await world.container.dataSource
    .getRepository(SpiderEpoch)
    .find({ where: { spiderId }, order: { epoch: "ASC" } });
  return rows.map(({ epoch }) => epoch);
}

async function isOver(jobId: string): Promise<boolean> {
  const job = await world.container.dataSource.getRepository(Job).findOneByOrFail({ id: jobId });
  return job.state !== "QUEUED" && job.state !== "RUNNING";
}

// Slow: a worker counts as dead after ten seconds without a sign of life.
test("a training whose worker is killed goes on from its checkpoint and ends with the bytes of an unbroken one", async () => {
  const { dataSource, services } = world.container;
  const { trainSpider } = services;
  const { spider, job } = await trainSpider.run({ poolId, recipe: RECIPE }, VIEWER);
  const killed = worker();
  await until(async () => (await epochsOf(spider.id)).length >= 3);
  killed.kill("SIGKILL");
  await killed.ended;
  const reached = (await epochsOf(spider.id)).length;
  assert.ok(reached < EPOCHS, "it was killed in the middle");

  const other = worker();
  try {
    await until(() => isOver(job.id));
    const after = await dataSource.getRepository(Spider).findOneByOrFail({ id: spider.id });
    assert.equal(after.status, "READY", after.statusReason ?? "");
    const { attempts } = await dataSource.getRepository(Job).findOneByOrFail({ id: job.id });
    assert.equal(attempts, 2);
    assert.deepEqual(
      await epochsOf(spider.id),
      Array.from({ length: EPOCHS }, (_, i) => i + 1),
    );

    const unbroken = await trainSpider.run({ poolId, recipe: RECIPE }, VIEWER);
    await until(() => isOver(unbroken.job.id));
    const again = await dataSource.getRepository(Spider).findOneByOrFail({ id: unbroken.spider.id });
    assert.equal(
      again.statusReason,
      `The training gave spider ${after.version} again, byte for byte; use that one.`,
    );
  } finally {
    other.kill("SIGTERM");
    await other.ended;
  }
});

test("a training that is cancelled stops, keeps its curve and leaves no checkpoint", async () => {
  const { dataSource, services } = world.container;
  const { trainSpider, cancelJob } = services;
  const recipe = { ...RECIPE, epochs: 1000, seed: 2 };
  const { spider, job } = await trainSpider.run({ poolId, recipe }, VIEWER);
  const working = worker();
  try {
    await until(async () => (await epochsOf(spider.id)).length >= 3);
    const contributor = { ...VIEWER, role: "CONTRIBUTOR" } as const;
    await assert.rejects(cancelJob.run(job.id, contributor), {
      code: "FORBIDDEN",
      message: "Cancelling a TRAIN job needs the role CURATOR; test has CONTRIBUTOR.",
    });
    await cancelJob.run(job.id, VIEWER);
    const { id } = spider;
    const after = await dataSource.getRepository(Spider).findOneByOrFail({ id });
    assert.deepEqual([after.status, after.snapshotSha256], ["CANCELLED", null]);

    // The worker is free for another training, and the cancelled one has not moved since.
    const next = await trainSpider.run({ poolId, recipe: { ...RECIPE, epochs: 1, seed: 3 } }, VIEWER);
    await until(() => isOver(next.job.id));
    const epochs = await epochsOf(id);
    assert.ok(epochs.length >= 3 && epochs.length < recipe.epochs);
    const training = await dataSource
      .createQueryBuilder(SpiderTraining, "training")
      .addSelect("training.checkpoint")
      .where("training.spiderId = :id", { id })
      .getOneOrFail();
    assert.equal(training.checkpoint, null);
  } finally {
    working.kill("SIGTERM");
    await working.ended;
  }
});
