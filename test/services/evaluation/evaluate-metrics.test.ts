import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { uniformStream } from "../../../src/engine/random.js";
import { Job } from "../../../src/entities/job.js";
import { Ptm } from "../../../src/entities/ptm.js";
import type { Task } from "../../../src/entities/task.js";
import {
  TRANSFERABILITY_METRICS,
  TransferabilityScore,
} from "../../../src/entities/transferability-score.js";
import { DomainError } from "../../../src/errors.js";
import { localViewer } from "../../../src/services/access/viewer.js";
import { npyBytes, utf32 } from "../../support/npy-bytes.js";
import { npzBytes } from "../../support/npz-bytes.js";
import { ENCODER_WIDTH } from "../../support/private-task.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let ptms: Ptm[];
let withImages: Task;
let withoutImages: Task;
let folder: string;
let centresArchive: string;
let kept: Map<string, string>;

/** Two classes of eight samples: enough for every metric, and quick. */
const LABELS = Int32Array.from({ length: 16 }, (_, i) => i % 2);

before(async () => {
  server = await startTestServer({ ptms: ["digits-mobile", "letters-mobile"] });
  ptms = await server.container.dataSource.getRepository(Ptm).find({ order: { name: "ASC" } });
  folder = await mkdtemp(join(tmpdir(), "orbweaver-evaluate-"));
  const path = join(folder, "outputs.npz");
  await writeFile(path, await npzBytes(keptArrays(ptms)));
  kept = new Map([["private", path]]);

  const uniform = uniformStream(3);
  const images = Uint8Array.from({ length: 16 * 32 * 32 * 3 }, () => 256 * uniform());
  const archive = await npzBytes({
    images: npyBytes("|u1", [16, 32, 32, 3], images),
    labels: npyBytes("<i4", [16], LABELS),
  });
  withImages = await addTask("images", await server.upload(archive));
  const centres = Float32Array.from({ length: 2 * ENCODER_WIDTH }, uniform);
  centresArchive = await server.upload(
    await npzBytes({ centres: npyBytes("<f4", [2, ENCODER_WIDTH], centres) }),
  );
  withoutImages = await addTask("private", centresArchive);
  await server.jobsOver();
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function addTask(name: string, artifact: string): Promise<Task> {
  const input = { name, content: { artifact }, newVersion: false };
  return (await server.container.services.addTask.run(input, localViewer("test"))).task;
}

/** What some PTMs might have said: three features, two source classes. */
function keptArrays(known: readonly Ptm[]): Record<string, Buffer> {
  const uniform = uniformStream(4);
  const codes = (columns: number): Buffer =>
    npyBytes(
      "<u2",
      [16, columns],
      Uint16Array.from({ length: 16 * columns }, () => 65_536 * uniform()),
    );
  const arrays: Record<string, Buffer> = {
    labels: npyBytes("<i4", [16], LABELS),
    ptms: npyBytes(
      "<U1",
      [known.length],
      utf32(
        known.map((_, i) => String(i)),
        1,
      ),
    ),
    sha256: npyBytes(
      "<U64",
      [known.length],
      utf32(
        known.map(({ artifactSha256 }) => artifactSha256),
        64,
      ),
    ),
    seconds: npyBytes(
      "<f8",
      [known.length],
      Float64Array.from(known, () => 0.5),
    ),
  };
  for (const i of known.keys()) {
    arrays[`${i}.features`] = codes(3);
    arrays[`${i}.low`] = npyBytes("<f4", [3], Float32Array.of(0, -1, 2));
    arrays[`${i}.step`] = npyBytes("<f4", [3], Float32Array.of(1e-4, 2e-5, 3e-5));
    arrays[`${i}.probabilities`] = codes(2);
  }
  return arrays;
}

const evaluate = (tasks: Task[], outputs: ReadonlyMap<string, string> = kept) =>
  server.container.services.evaluateMetrics.run(tasks, ptms, outputs, () => undefined);

test("evaluateMetrics ranks by every metric and by their aggregate, from images and from kept outputs", async () => {
  const rankers = await evaluate([withImages, withoutImages]);
  assert.deepEqual(
    rankers.map(({ name }) => name),
    [...TRANSFERABILITY_METRICS, "Copeland of H_SCORE_SHRINKAGE, LOG_ME, K_NN"],
  );
  const scores = await server.container.dataSource.getRepository(TransferabilityScore).find();
  assert.equal(scores.length, 2 * 2 * TRANSFERABILITY_METRICS.length);
  for (const { name, rankings } of rankers.slice(0, -1)) {
    for (const [t, { fitness, forwardPasses, seconds }] of rankings.entries()) {
      const taskId = [withImages, withoutImages][t]!.id;
      assert.deepEqual(
        Array.from(fitness),
        ptms.map(
          (ptm) =>
            scores.find(
              (score) => score.metric === name && score.ptmId === ptm.id && score.taskId === taskId,
            )!.value,
        ),
      );
      assert.equal(forwardPasses, 2);
      assert.ok(seconds > 0);
    }
  }
});

test("a second evaluation runs no PTM and gives the same fitness", async () => {
  const before = await server.container.dataSource.getRepository(TransferabilityScore).find();
  const rankers = await evaluate([withImages, withoutImages]);
  const repeated = await evaluate([withImages, withoutImages], new Map(kept));
  assert.deepEqual(repeated, rankers);
  assert.deepEqual(await server.container.dataSource.getRepository(TransferabilityScore).find(), before);
  const jobs = await server.container.dataSource.getRepository(Job).findBy({ kind: "MEASURE" });
  assert.ok(jobs.every(({ state }) => state === "COMPLETED"));
});

test("a private task of which nothing is kept is refused", async () => {
  await assert.rejects(
    evaluate([withoutImages], new Map()),
    (error) =>
      error instanceof DomainError &&
      error.code === "FAILED_PRECONDITION" &&
      error.message.startsWith('Task "private" is private and nothing is kept'),
  );
});

test("kept outputs without a PTM of the zoo are refused", async () => {
  const path = join(folder, "others.npz");
  await writeFile(path, await npzBytes(keptArrays(ptms.slice(1))));
  const other = await addTask("other", centresArchive);
  await assert.rejects(
    evaluate([other], new Map([["other", path]])),
    (error) =>
      error instanceof DomainError &&
      /says nothing about the weights of PTM "digits-mobile"/.test(error.message),
  );
});
