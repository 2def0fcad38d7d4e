import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Readable } from "node:stream";

import { Job } from "../../../src/entities/job.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { type DomainError, type ErrorCode } from "../../../src/errors.js";
import { AddPtm, type AddPtmInput } from "../../../src/services/registry/add-ptm.js";
import { sha256 } from "../../../src/services/digest.js";
import { RegisterArtifact } from "../../../src/services/registry/register-artifact.js";
import { LocalDiskStore } from "../../../src/storage/local-disk.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { constantNode, flattenModel, floats, FLOAT32, tensor } from "../../support/onnx-parts.js";
import { createTestRegistry } from "../../support/registry.js";

const CALLERS = 30;

const registry = await createTestRegistry();
const { dataSource } = registry;
const folder = await mkdtemp(join(tmpdir(), "orbweaver-test-"));
after(async () => {
  await registry.drop();
  await rm(folder, { recursive: true });
});
const store = new LocalDiskStore(folder);
const register = new RegisterArtifact(dataSource);
const addPtm = new AddPtm(dataSource, store, { enqueue: async () => undefined });

/** Uploads a PTM of its own weights. */
async function upload(weight: number): Promise<string> {
  const constant = constantNode(tensor("weight", [1], FLOAT32, floats(weight)));
  const bytes = flattenModel({ nodes: [constant] }).finish();
  const digest = sha256(bytes);
  const { sizeBytes } = await store.write(digest, Readable.from([bytes]), { maxBytes: 1e6 });
  await register.run({ sha256: digest, sizeBytes }, localViewer("test"));
  return digest;
}

const add = async (input: Pick<AddPtmInput, "name" | "artifact" | "newVersion">) =>
  addPtm.run(
    {
      ...input,
      signature: {
        input: "image",
        layout: "NCHW",
        channels: 3,
        height: 2,
        width: 2,
        range: [0, 1],
        mean: 0,
        std: 1,
        outputs: { features: "features" },
      },
      modality: "IMAGE",
      tags: [],
    },
    localViewer("test"),
  );

test("the same PTM added many times at once is one PTM with one job, and every caller gets it", async () => {
  const artifact = await upload(0);
  const added = await Promise.all(
    Array.from({ length: CALLERS }, async () => add({ name: "same", artifact, newVersion: false })),
  );
  assert.equal(new Set(added.map(({ ptm }) => ptm.id)).size, 1);
  assert.equal(new Set(added.map(({ job }) => job?.id)).size, 1);
  assert.equal(await dataSource.getRepository(Job).countBy({ ptmId: added[0]!.ptm.id }), 1);
});

test("of different PTMs that claim one name at once, one gets it and the others are told CONFLICT", async () => {
  const artifacts = await Promise.all(Array.from({ length: CALLERS }, async (_, i) => upload(100 + i)));
  const codes = await Promise.all(
    artifacts.map(async (artifact, i) =>
      add({ name: i % 2 === 0 ? "claimed" : "Claimed", artifact, newVersion: false }).then(
        (): ErrorCode | "won" => "won",
        (error: DomainError) => error.code,
      ),
    ),
  );
  assert.deepEqual(codes.sort(), [...Array.from({ length: CALLERS - 1 }, () => "CONFLICT"), "won"]);
});

test("new versions that come at once are numbered one after another, none refused", async () => {
  const artifacts = await Promise.all(Array.from({ length: CALLERS }, async (_, i) => upload(200 + i)));
  await Promise.all(
    artifacts.map(async (artifact) => add({ name: "versioned", artifact, newVersion: true })),
  );
  const versions = await dataSource
    .getRepository(Ptm)
    .find({ where: { name: "versioned" }, order: { version: "ASC" } });
  assert.deepEqual(
    versions.map(({ version }) => version),
    Array.from({ length: CALLERS }, (_, i) => i + 1),
  );
});
