import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import type { Ptm } from "../../../src/entities/ptm.js";
import { sha256 } from "../../../src/services/digest.js";
import { countMacs } from "../../../src/services/tokens/count-macs.js";
import { ProbePtm } from "../../../src/services/tokens/probe-ptm.js";
import { RunNetwork } from "../../../src/services/tokens/run-network.js";
import { LocalDiskStore } from "../../../src/storage/local-disk.js";
import { childrenOf } from "../../support/processes.js";
import { INPUTS, linearNetwork, SIGNATURE } from "../../support/rerank-world.js";

const WIDTH = 5;
const LIMITS = { memoryBytes: 1024 ** 3, deadlineSeconds: 60, openDeadlineSeconds: 60 };

const folder = await mkdtemp(join(tmpdir(), "orbweaver-probe-"));
const store = new LocalDiskStore(folder);
const file = linearNetwork({ width: WIDTH, weights: new Float32Array(INPUTS * WIDTH).fill(0.5) });
const ptm = { artifactSha256: sha256(file), signature: SIGNATURE };
await store.write(ptm.artifactSha256, Readable.from([Buffer.from(file)]), { maxBytes: file.length });

const network = new RunNetwork(store, LIMITS, 0);
after(async () => {
  await network.close();
  await rm(folder, { recursive: true });
});

test("MACs are counted in the sandbox in which the PTM ran", async () => {
  const images = new Uint8Array(INPUTS);
  const samples = { count: 1, height: 4, width: 4, images, labels: new Int32Array(1), classNames: ["one"] };
  await network.with(ptm, async (opened) => {
    for await (const { features } of opened.run(samples)) assert.equal(features.columns, WIDTH);
    const children = childrenOf(process.pid);
    assert.equal(children.length, 1);
    assert.deepEqual(await countMacs(opened, file), { macs: INPUTS * WIDTH, macsReason: null });
    assert.deepEqual(childrenOf(process.pid), children);
  });
});

test("a first run tells width, latency and MACs of a PTM", async () => {
  const probe = await new ProbePtm(store, network).run(ptm as Ptm, new AbortController().signal);
  assert.equal(probe.featureWidth, WIDTH);
  assert.deepEqual(probe.count, { macs: INPUTS * WIDTH, macsReason: null });
  assert.ok(probe.batches.length >= 1 && probe.batches.every(({ samples }) => samples === 64));
});
