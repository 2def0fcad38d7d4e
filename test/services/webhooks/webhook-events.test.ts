import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { Outcome } from "../../../src/entities/outcome.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { Ranking } from "../../../src/entities/ranking.js";
import { Spider } from "../../../src/entities/spider.js";
import { Task } from "../../../src/entities/task.js";
import { WebhookDelivery } from "../../../src/entities/webhook-delivery.js";
import { Webhook, WEBHOOK_EVENTS, type WebhookEvent } from "../../../src/entities/webhook.js";
import { ID_TYPES, toGlobalId } from "../../../src/schema/global-id.js";
import { createTestRegistry, insertPtm, type TestRegistry } from "../../support/registry.js";
import { sowRegistry } from "../../support/registry-rows.js";

let registry: TestRegistry;
let dataSource: DataSource;
let ids: { ptm: string; task: string; spider: string };
const webhookId = uuid();
before(async () => {
  registry = await createTestRegistry();
  ({ dataSource } = registry);
  const { ptmIds, taskIds, spiderId } = await sowRegistry(dataSource, 2);
  ids = { ptm: ptmIds[0]!, task: taskIds[0]!, spider: spiderId };
  const hook = { id: webhookId, url: "https://hooks.test/", enabled: true, createdBy: "test", secret: "x" };
  await dataSource.manager.insert(Webhook, { ...hook, events: [...WEBHOOK_EVENTS] });
});
after(() => registry.drop());

interface Told {
  readonly event: WebhookEvent;
  readonly subject: object;
}

/** What is written down for the webhook when this is done in one transaction. */
async function told(change: (manager: EntityManager) => Promise<unknown>): Promise<Told[]> {
  await dataSource.query(`DELETE FROM webhook_delivery`);
  await dataSource.transaction(async (manager) => void (await change(manager)));
  const deliveries = await dataSource
    .getRepository(WebhookDelivery)
    .find({ where: { webhookId }, order: { id: "ASC" } });
  return deliveries.map(({ event, subject }) => ({ event, subject }));
}

test("a PTM: added, ready, failed, retired, and an alias that it takes over", async () => {
  const added = await told(() => insertPtm(dataSource));
  const ptm = await dataSource.getRepository(Ptm).findOneOrFail({ where: {}, order: { id: "DESC" } });
  const shown = (changes: object = {}): object => ({
    id: toGlobalId("Ptm", ptm.id),
    name: ptm.name,
    version: 1,
    status: "INSPECTING",
    statusReason: null,
    ...changes,
  });
  assert.deepEqual(added, [{ event: "PTM_ADDED", subject: shown() }]);

  const becomes = (changes: object): Promise<Told[]> =>
    told((manager) => manager.update(Ptm, { id: ptm.id }, changes));
  assert.deepEqual(await becomes({ status: "TOKENIZING" }), []);
  assert.deepEqual(await becomes({ status: "READY" }), [
    { event: "PTM_READY", subject: shown({ status: "READY" }) },
  ]);
  assert.deepEqual(await becomes({ status: "READY", tags: ["other"] }), [], "it was ready");
  const failed = { status: "FAILED", statusReason: "no good" };
  assert.deepEqual(await becomes(failed), [{ event: "PTM_FAILED", subject: shown(failed) }]);
  const aliases = ["champion", "production"];
  const moved = await becomes({ aliases });
  assert.deepEqual(
    moved.map(({ subject }) => subject).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    aliases.map((alias) => shown({ ...failed, alias })),
  );
  assert.ok(moved.every(({ event }) => event === "PTM_ALIAS_MOVED"));
  assert.deepEqual(await becomes({ aliases: ["champion"] }), [], "what it gives up another takes over");
  const retired = { status: "RETIRED", retiredAt: new Date(), retirementReason: "old" };
  assert.deepEqual(
    (await becomes(retired)).map(({ event }) => event),
    ["PTM_RETIRED"],
  );
});

test("a task: ready, also from the start, and failed", async () => {
  const becomes = (changes: object): Promise<Told[]> =>
    told((manager) => manager.update(Task, { id: ids.task }, changes));
  await becomes({ status: "TOKENIZING" });
  const [{ event, subject }, ...others] = (await becomes({ status: "READY" })) as [Told];
  assert.equal(event, "TASK_READY");
  assert.equal((subject as { id: string }).id, toGlobalId("Task", ids.task));
  assert.deepEqual(others, []);
  assert.deepEqual(
    (await becomes({ status: "FAILED", statusReason: "x" })).map(({ event }) => event),
    ["TASK_FAILED"],
  );
  const copied = await told(async (manager) => {
    const task = await manager.findOneByOrFail(Task, { id: ids.task });
    await manager.insert(Task, {
      ...Object.fromEntries(Object.entries(task)),
      id: uuid(),
      name: "private",
      status: "READY",
      contentSha256: "f".repeat(64),
    });
  });
  assert.deepEqual(
    copied.map(({ event }) => event),
    ["TASK_READY"],
  );
});

test("a re-ranking that ends, and no ranking that is only kept", async () => {
  const ranking = await dataSource.getRepository(Ranking).findOneByOrFail({ taskId: ids.task });
  const { spiderId, receipt } = ranking;
  const id = uuid();
  const begun = await told((manager) =>
    manager.insert(Ranking, {
      id,
      taskId: ids.task,
      spiderId,
      stage: "RERANKING",
      receipt,
      zooSize: 2,
      topK: 1,
      requestKey: receipt,
      coarseReceipt: receipt,
      deadlineAt: new Date(),
      createdBy: "test",
    }),
  );
  assert.deepEqual(begun, []);
  assert.deepEqual(await told((manager) => manager.increment(Ranking, { id }, "revision", 1)), []);
  const ended = await told((manager) => manager.update(Ranking, { id }, { stage: "RERANKED" }));
  assert.deepEqual(ended, [
    {
      event: "RERANK_COMPLETED",
      subject: {
        id: toGlobalId("Ranking", id),
        taskId: toGlobalId("Task", ids.task),
        stage: "RERANKED",
        topK: 1,
        failure: null,
        receipt,
      },
    },
  ]);
});

test("a spider: trained, failed, activated", async () => {
  const { id: _, ...spider } = await dataSource.getRepository(Spider).findOneByOrFail({ id: ids.spider });
  const id = uuid();
  const training = {
    ...spider,
    id,
    version: 90,
    manifest: {},
    active: false,
    status: "TRAINING",
    snapshotSha256: null,
  } as const;
  assert.deepEqual(await told((manager) => manager.insert(Spider, training)), []);
  const becomes = async (changes: object): Promise<Told[]> =>
    told((manager) => manager.update(Spider, { id }, changes));
  assert.deepEqual(await becomes({ status: "FAILED", statusReason: "x" }), [
    {
      event: "SPIDER_FAILED",
      subject: { id: toGlobalId("Spider", id), version: 90, status: "FAILED", statusReason: "x" },
    },
  ]);
  await becomes({ status: "TRAINING", statusReason: null });
  await dataSource.query(`INSERT INTO artifact (sha256, size_bytes) VALUES ($1, 1)`, ["e".repeat(64)]);
  const ready = await becomes({ status: "READY", snapshotSha256: "e".repeat(64) });
  assert.deepEqual(
    ready.map(({ event }) => event),
    ["SPIDER_TRAINED"],
  );
  const activated = await told(async (manager) => {
    await manager.update(Spider, { active: true }, { active: false });
    await manager.update(Spider, { id }, { active: true });
  });
  assert.deepEqual(
    activated.map(({ event, subject }) => [event, (subject as { id: string }).id]),
    [["SPIDER_ACTIVATED", toGlobalId("Spider", id)]],
  );
});

test("an outcome: reported, verified, withdrawn", async () => {
  const id = uuid();
  const measured = {
    metric: "accuracy",
    protocol: "LINEAR_PROBE",
    split: "mine",
    seed: 3,
    value: 0.75,
  } as const;
  const subject = {
    id: toGlobalId("Outcome", id),
    taskId: toGlobalId("Task", ids.task),
    ptmId: toGlobalId("Ptm", ids.ptm),
    ...measured,
  };
  const pair = { taskId: ids.task, ptmId: ids.ptm };
  const reported = await told((manager) =>
    manager.insert(Outcome, { id, ...pair, ...measured, reportedBy: "test" }),
  );
  assert.deepEqual(reported, [{ event: "OUTCOME_REPORTED", subject }]);
  const becomes = (changes: object): Promise<Told[]> =>
    told((manager) => manager.update(Outcome, { id }, changes));
  assert.deepEqual(await becomes({ verifiedAt: new Date(), verifiedBy: "x" }), [
    { event: "OUTCOME_VERIFIED", subject },
  ]);
  const withdrawn = { withdrawnAt: new Date(), withdrawnBy: "x", withdrawalReason: "wrong split" };
  assert.deepEqual(await becomes(withdrawn), [
    { event: "OUTCOME_WITHDRAWN", subject: { ...subject, reason: "wrong split" } },
  ]);
});

test("what is rolled back is told to nobody", async () => {
  await dataSource.query(`DELETE FROM webhook_delivery`);
  await assert.rejects(
    dataSource.transaction(async (manager) => {
      await manager.update(Ptm, { id: ids.ptm }, { aliases: ["champion"] });
      assert.equal(await manager.count(WebhookDelivery), 1);
      throw new Error("and back");
    }),
    /and back/,
  );
  assert.equal(await dataSource.getRepository(WebhookDelivery).count(), 0);
});

test("only webhooks that are enabled and want an event are told of it", async () => {
  for (const changes of [{ enabled: false }, { enabled: true, events: ["PTM_READY" as const] }]) {
    await dataSource.getRepository(Webhook).update({ id: webhookId }, changes);
    assert.deepEqual(await told(() => insertPtm(dataSource)), []);
  }
});

test("a webhook that is removed while an event is written down fails nobody's change", async () => {
  await dataSource.getRepository(Webhook).update({ id: webhookId }, { events: ["PTM_ADDED"] });
  const removing = dataSource.createQueryRunner();
  await removing.startTransaction();
  await removing.query(`DELETE FROM webhook WHERE id = $1`, [webhookId]);
  const added = insertPtm(dataSource); // waits for the removal
  for (let waiting = 0; waiting === 0;) {
    [{ waiting }] = (await removing.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )) as [{ waiting: number }];
  }
  await removing.commitTransaction();
  await removing.release();
  assert.ok((await added).id);
});

test("the ids in events are those of the API, and those of deliveries rise with time", async () => {
  for (const type of ID_TYPES) {
    const id = uuid();
    const [{ shown }] = (await dataSource.query(`SELECT global_id($1, $2) AS shown`, [type, id])) as [
      { shown: string },
    ];
    assert.equal(shown, toGlobalId(type, id));
  }
  const earlier = uuid();
  const [{ now }] = (await dataSource.query(`SELECT uuid_of_now() AS now`)) as [{ now: string }];
  assert.match(now, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(Number.parseInt(now.slice(0, 8), 16) - Number.parseInt(earlier.slice(0, 8), 16)) <= 1);
});
