import assert from "node:assert/strict";
import { test } from "node:test";

import { JOB_KINDS } from "../../src/entities/job.js";
import { kindsOfQueue, queueName } from "../../src/jobs/queue-groups.js";

test("every kind of job is in one of the queues cpu and gpu, and is a queue by its own name", () => {
  const [cpu, gpu] = [kindsOfQueue("cpu")!, kindsOfQueue("gpu")!];
  assert.deepEqual([...cpu, ...gpu].sort(), [...JOB_KINDS].sort());
  for (const kind of JOB_KINDS) assert.deepEqual(kindsOfQueue(queueName(kind)), [kind]);
});

test("running PTMs is work for gpu, putting a ranking together for cpu", () => {
  assert.ok(kindsOfQueue("gpu")!.includes("RUN_PTM"));
  assert.ok(kindsOfQueue("cpu")!.includes("RERANK"));
});

test("there are no other queues", () => {
  for (const name of ["", "tpu", "CPU", "RUN_PTM"]) assert.equal(kindsOfQueue(name), undefined);
});
