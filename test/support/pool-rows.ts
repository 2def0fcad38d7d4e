import { type EntityManager, Not, IsNull } from "typeorm";
import { v7 as uuid } from "uuid";

import { PoolMeasurement } from "../../src/entities/pool-measurement.js";
import { PoolSource } from "../../src/entities/pool-source.js";
import { Pool } from "../../src/entities/pool.js";
import { PtmProjection } from "../../src/entities/ptm-projection.js";
import { PtmToken } from "../../src/entities/ptm-token.js";
import type { Ptm } from "../../src/entities/ptm.js";
import { SpiderEpoch } from "../../src/entities/spider-epoch.js";
import { SpiderTraining } from "../../src/entities/spider-training.js";
import { Spider } from "../../src/entities/spider.js";
import { Task } from "../../src/entities/task.js";
import { sha256 } from "../../src/services/digest.js";

const FEATURES = 2;

/** A pool of all tasks that were sown, with a PTM that was measured on it and joined the spider afterwards. */
export async function sowPool(manager: EntityManager, ptm: Pick<Ptm, "id">, artifact: string): Promise<void> {
  const spider = await manager.findOneByOrFail(Spider, { active: true });
  const tasks = await manager.findBy(Task, { artifactSha256: Not(IsNull()) });
  const poolId = uuid();
  await manager.insert(Pool, {
    id: poolId,
    name: "pool",
    status: "READY",
    statusReason: null,
    encoderSha256: spider.encoderSha256,
    encoderSignature: spider.encoderSignature,
    taskCount: 1,
    taskSeed: 1,
    metrics: ["LOG_ME"],
    samplesPerClass: 10,
    fileSha256: artifact,
    contentSha256: artifact,
    createdBy: "test",
  });
  await manager.insert(
    PoolSource,
    tasks.map(({ id, name, artifactSha256 }, position) => ({
      poolId,
      position,
      name,
      artifactSha256,
      taskId: id,
    })),
  );
  await manager.insert(PoolMeasurement, {
    poolId,
    ptmSha256: artifact,
    featuresSha256: artifact,
    scores: Float32Array.of(NaN),
  });
  await sowTraining(manager, spider, poolId);
  const token = await manager.findOneByOrFail(PtmToken, { ptmId: ptm.id, spiderId: spider.id });
  await manager.insert(PtmProjection, {
    tokenId: token.id,
    width: FEATURES,
    weight: new Float32Array(spider.width * FEATURES).fill(1),
    bias: new Float32Array(spider.width),
  });
}

async function sowTraining(manager: EntityManager, { id: spiderId }: Spider, poolId: string): Promise<void> {
  await manager.insert(SpiderTraining, {
    spiderId,
    poolId,
    recipe: {},
    ptmSha256: ["a", "b"],
    outcomes: [],
    checkpointEpoch: 1,
    createdBy: "test",
    requestKey: sha256("request"),
  });
  await manager.insert(SpiderEpoch, { spiderId, epoch: 1, loss: 1, validationTau: 0.5 });
}
