import assert from "node:assert/strict";
import { test } from "node:test";

import { JOB_KINDS } from "../../../src/entities/job.js";
import { Ranking } from "../../../src/entities/ranking.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { WaitForJob } from "../../../src/services/background/wait-for-job.js";
import { openRerankWorld } from "../../support/rerank-world.js";
import { S3Server } from "../../support/s3-server.js";

test("PTMs, tasks and spiders whose files lie in a bucket are re-ranked as those on disk, and files are read by links", async (t) => {
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "a-secret-of-the-test",
  });
  const bucket = new S3Server();
  const s3Endpoint = await bucket.listen();
  t.after(() => bucket.close());
  const artifactStore = { bucket: "models", prefix: "orb/" };
  const world = await openRerankWorld(["a", "b"], { changes: { artifactStore, s3Endpoint } });
  t.after(() => world.close());
  const { container } = world;
  await container.work(JOB_KINDS);

  const task = await world.addTask(1);
  const { ranking, job } = await container.services.rerankTask.run(
    { taskId: task.id, topK: 2, filter: {}, budgetSeconds: 600, urgency: "INTERACTIVE" },
    localViewer("test"),
  );
  await new WaitForJob(container.dataSource).run(job.id, "the task");
  const { stage, evidence } = await container.dataSource
    .getRepository(Ranking)
    .findOneByOrFail({ id: ranking.id });
  assert.deepEqual([stage, evidence?.forwardPasses], ["RERANKED", 2]);

  const [[key, bytes] = ["", Buffer.alloc(0)]] = bucket.objects;
  const digest = key.replace("models/orb/", "");
  const address = await container.serve();
  const redirect = await fetch(`${address}/artifacts/${digest}`, { redirect: "manual" });
  assert.equal(redirect.status, 307);
  assert.equal(redirect.headers.get("cache-control"), "no-store");
  const response = await fetch(`${address}/artifacts/${digest}`);
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
  const missing = await fetch(`${address}/artifacts/${"0".repeat(64)}`, { redirect: "manual" });
  assert.equal(missing.status, 404);
});
