import assert from "node:assert/strict";
import { test } from "node:test";

import { latencyOf } from "../../../src/engine/tokens/latency.js";

test("a latency is the median of the full batches after the first, a sample", () => {
  const seconds = [9, 0.4, 0.2, 0.3, 0.1];
  const run = seconds.map((time) => ({ samples: 100, seconds: time }));
  assert.deepEqual(latencyOf([...run, { samples: 7, seconds: 50 }]), {
    millisecondsPerSample: 2.5, // between 0.2 s and 0.3 s for 100
    batchSize: 100,
    batches: 4,
  });
});

test("a latency of one batch is that batch's; of none there is none", () => {
  const alone = { millisecondsPerSample: 50, batchSize: 10, batches: 1 };
  assert.deepEqual(latencyOf([{ samples: 10, seconds: 0.5 }]), alone);
  assert.deepEqual(
    latencyOf([
      { samples: 10, seconds: 0.5 },
      { samples: 3, seconds: 9 },
    ]),
    alone,
  );
  assert.equal(latencyOf([]), undefined);
});
