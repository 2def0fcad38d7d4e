import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createDataSource } from "../../src/database/data-source.js";
import { Readiness } from "../../src/services/readiness.js";
import { ZooStates } from "../../src/services/ranking/zoo-state.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { openRerankWorld, type RerankWorld } from "../support/rerank-world.js";

let world: RerankWorld;
let address: string;
let accessKey: string;

before(async () => {
  world = await openRerankWorld(["a", "b", "c"]);
  const api = await world.openAnother({ auth: "on" });
  accessKey = (await api.services.createAccessKey.run({ name: "probe", role: "VIEWER" }, localViewer("test")))
    .secret;
  address = await api.serve();
});
after(() => world.close());

async function get(path: string, key = accessKey): Promise<{ status: number; body: string }> {
  const response = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: await response.text() };
}

async function ask(query: string): Promise<void> {
  await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${accessKey}` },
    body: JSON.stringify({ query }),
  });
}

/** The value of a series, as Prometheus would read it; undefined if there is none. */
async function metric(series: string): Promise<number | undefined> {
  const { body } = await get("/metrics");
  const line = body.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

test("readyz names each check, and the spider is loaded before anybody asked for a ranking", async () => {
  const { status, body } = await get("/readyz", "none is needed");
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), {
    status: "ready",
    checks: {
      database: { ok: true, message: "It answers." },
      migrations: { ok: true, message: "All are there." },
      spider: { ok: true, message: "Version 1 is loaded." },
    },
  });
});

test("readyz is 503 and says which migration is missing, and 200 again once it is there", async () => {
  const { dataSource } = world.container;
  const [last]: { id: number; timestamp: string; name: string }[] = await dataSource
    .query(`DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations) RETURNING *`)
    .then(([rows]: [never[]]) => rows);
  const { status, body } = await get("/readyz");
  assert.equal(status, 503);
  const { checks } = JSON.parse(body) as { checks: Record<string, { ok: boolean; message: string }> };
  assert.equal(checks["migrations"]?.ok, false);
  assert.match(checks["migrations"]?.message ?? "", new RegExp(`1 are missing, the first is ${last!.name}`));
  await dataSource.query(`INSERT INTO migrations (id, timestamp, name) VALUES ($1, $2, $3)`, [
    last!.id,
    last!.timestamp,
    last!.name,
  ]);
  assert.equal((await get("/readyz")).status, 200);
});

test("whoever asks while the checks are made shares their answer", async () => {
  const { readiness } = world.container.services;
  const first = readiness.run();
  assert.equal(readiness.run(), first);
  await first;
  assert.notEqual(readiness.run(), first);
});

test("while the database is away no check is ok, and nothing is thrown", async () => {
  const nowhere = createDataSource({ url: world.database.url }, { poolSize: 1, statementTimeoutMs: 1000 });
  const checks = await new Readiness(nowhere, new ZooStates(nowhere), world.container.services.indexes).run();
  assert.deepEqual(checks, {
    database: { ok: false, message: "It does not answer." },
    migrations: { ok: false, message: "Not known while the database is away." },
    spider: { ok: false, message: "Not known while the database is away." },
  });
});

test("requests are counted by type, root field and code, whatever their author calls them", async () => {
  const ptms = 'orb_requests_total{operation="query ptms",code="OK"}';
  const before = (await metric(ptms)) ?? 0;
  await ask("query Mine { anything: ptms(first: 1) { totalCount } }");
  assert.equal(await metric(ptms), before + 1);
  await ask('{ a: task(id: "x") { id } b: spider { id } }');
  assert.equal(await metric('orb_requests_total{operation="query of several fields",code="OK"}'), 1);
  await ask('{ rank(taskId: "x") { id } }');
  assert.equal(await metric('orb_requests_total{operation="query rank",code="NOT_FOUND"}'), 1);
  await ask("{");
  assert.equal(await metric('orb_requests_total{operation="graphql",code="GRAPHQL_PARSE_FAILED"}'), 1);
  await get(`/artifacts/${"0".repeat(64)}`);
  assert.equal(await metric('orb_requests_total{operation="artifact GET",code="HTTP_404"}'), 1);
  await get("/elsewhere");
  assert.equal(await metric('orb_requests_total{operation="refused",code="NOT_FOUND"}'), 1);
  assert.ok((await metric('orb_request_seconds_count{operation="query ptms"}'))! >= 1);
});

test("metrics need a key, and are refused and counted without", async () => {
  assert.equal((await get("/metrics", "wrong")).status, 401);
  assert.equal(await metric('orb_requests_total{operation="refused",code="UNAUTHENTICATED"}'), 1);
});

test("metrics tell of jobs that wait, of the queue, of event-loop delay and of ONNX seconds", async () => {
  const task = await world.addTask(1);
  const viewer = { name: "test", role: "ADMIN", keyId: null, requestId: null } as const;
  const command = { taskId: task.id, topK: 2, filter: {}, budgetSeconds: 600, urgency: "BATCH" } as const;
  await world.container.services.rerankTask.run(command, viewer);
  const worker = await world.openAnother(); // fresh, as what is read from the database is kept for some seconds
  const { body } = await worker.metrics.text();
  assert.match(body, /^orb_jobs\{kind="RUN_PTM",state="QUEUED"\} 2$/m);
  assert.match(body, /^orb_job_age_seconds\{kind="RUN_PTM",state="QUEUED"\} [\d.e-]+$/m);
  assert.match(body, /^orb_queue_depth\{queue="run-ptm",group="gpu"\} \d+$/m);
  assert.match(body, /^nodejs_eventloop_lag_p99_seconds [\d.e-]+$/m);
  worker.metrics.onnx("sandbox", 0.5);
  assert.match((await worker.metrics.text()).body, /^orb_onnx_seconds_total\{place="sandbox"\} 0.5$/m);
});

test("metrics tell of deliveries to webhooks by why they wait", async () => {
  const { dataSource } = world.container;
  await dataSource.query(
    `INSERT INTO webhook (id, url, events, secret, created_by)
     SELECT gen_random_uuid(), 'https://hooks.test/' || n, ARRAY['PTM_READY'], 'x', 'test' FROM generate_series(1, 3) n`,
  );
  const waits = ["now() - interval '1 hour'", "now() + interval '1 hour'", "NULL"];
  for (const [i, next] of waits.entries()) {
    await dataSource.query(
      `INSERT INTO webhook_delivery (id, webhook_id, event, subject, state, attempts, last_attempt, next_attempt_at)
       SELECT gen_random_uuid(), webhook.id, 'PTM_READY', '{}', 'PENDING', 0, 10, ${next}
       FROM webhook, generate_series(0, ${i}) WHERE url = 'https://hooks.test/1'`,
    );
  }
  const { body } = await (await world.openAnother()).metrics.text();
  for (const [i, reason] of ["DUE", "LATER", "DISABLED"].entries()) {
    assert.match(body, new RegExp(`^orb_webhook_deliveries\\{reason="${reason}"\\} ${i + 1}$`, "m"));
    assert.match(
      body,
      new RegExp(`^orb_webhook_delivery_age_seconds\\{reason="${reason}"\\} [\\d.e-]+$`, "m"),
    );
  }
  await dataSource.query("DELETE FROM webhook");
});

test("a worker tells the same on a port of its own, and nothing else", async () => {
  const worker = await world.openAnother();
  const own = await worker.serveOperations(0);
  assert.deepEqual(await (await fetch(`${own}/livez`)).json(), { status: "ok" });
  assert.equal((await fetch(`${own}/readyz`)).status, 200);
  assert.equal((await fetch(`${own}/metrics`)).status, 200);
  assert.equal((await fetch(`${own}/graphql`)).status, 404);
});
