import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { AnsweredRequest } from "../../src/entities/answered-request.js";
import { FINGERPRINT_WIDTH } from "../../src/engine/tokens/fingerprint.js";
import { Artifact } from "../../src/entities/artifact.js";
import { Job } from "../../src/entities/job.js";
import { Outcome } from "../../src/entities/outcome.js";
import { PtmFingerprint } from "../../src/entities/ptm-fingerprint.js";
import { PtmLatency } from "../../src/entities/ptm-latency.js";
import { PtmNearDuplicate } from "../../src/entities/ptm-near-duplicate.js";
import { PtmToken } from "../../src/entities/ptm-token.js";
import { Ptm } from "../../src/entities/ptm.js";
import { RankingEntry } from "../../src/entities/ranking-entry.js";
import { Ranking } from "../../src/entities/ranking.js";
import { SpecificToken } from "../../src/entities/specific-token.js";
import { Spider } from "../../src/entities/spider.js";
import { TaskToken } from "../../src/entities/task-token.js";
import { Task } from "../../src/entities/task.js";
import { TransferabilityScore } from "../../src/entities/transferability-score.js";
import { createSecret } from "../../src/services/access/access-key-secret.js";
import { WebhookDelivery } from "../../src/entities/webhook-delivery.js";
import { Webhook } from "../../src/entities/webhook.js";
import { createWebhookSecret } from "../../src/services/webhooks/webhook-signature.js";
import { ZooFile } from "../../src/entities/zoo-file.js";
import { audit } from "../../src/services/access/audit.js";
import { insertKey } from "../../src/services/access/create-access-key.js";
import { sha256 } from "../../src/services/digest.js";
import { sowPool } from "./pool-rows.js";
import { localViewer } from "../../src/services/access/viewer.js";

/** What was sown, by row id. */
export interface SownRegistry {
  readonly spiderId: string;
  readonly ptmIds: readonly string[];
  readonly taskIds: readonly string[];
}

const SIGNATURE = {
  input: "image",
  layout: "NCHW",
  channels: 3,
  height: 32,
  width: 32,
  range: [0, 1],
  mean: 0,
  std: 1,
  outputs: { features: "features" },
} as const;
const WIDTH = 4;

function unitVector(direction: number): Float32Array {
  const vector = new Float32Array(FINGERPRINT_WIDTH);
  vector[direction % FINGERPRINT_WIDTH] = 1;
  return vector;
}

/**
 * Fills a migrated, empty database with rows of every table: PTMs and tasks with all that links to them, written
 * directly, because a hundred PTMs through the API would be a hundred runs in the sandbox. The files behind the
 * artifacts do not exist.
 *
 * @param size how many PTMs, and how many tasks; at least 2, for each task speaks of two PTMs
 */
export async function sowRegistry(dataSource: DataSource, size: number): Promise<SownRegistry> {
  const vector = Float32Array.from({ length: WIDTH }, (_, i) => i + 1);
  const token = { width: WIDTH, digest: sha256(vector) };
  const encoderSha256 = sha256("encoder");
  const ptms = Array.from({ length: size }, (_, i) => ({
    id: uuid(),
    name: `ptm ${i}`,
    artifact: sha256(`ptm ${i}`),
  }));
  const tasks = Array.from({ length: size }, (_, i) => ({
    id: uuid(),
    name: `task ${i}`,
    artifact: sha256(`task ${i}`),
  }));
  const spiderId = uuid();

  await dataSource.transaction(async (manager) => {
    const artifacts = [
      sha256("spider"),
      encoderSha256,
      ...[...ptms, ...tasks].map(({ artifact }) => artifact),
    ];
    await manager.insert(
      Artifact,
      artifacts.map((digest) => ({ sha256: digest, sizeBytes: 100 })),
    );
    await manager.insert(Spider, {
      id: spiderId,
      version: 1,
      active: true,
      width: WIDTH,
      snapshotSha256: sha256("spider"),
      manifest: {},
      encoderSha256,
      encoderWidth: WIDTH,
      encoderSignature: SIGNATURE,
    });
    await manager.insert(
      Ptm,
      ptms.map(({ id, name, artifact }) => ({
        id,
        name,
        version: 1,
        status: "READY" as const,
        modality: "IMAGE" as const,
        tags: ["sown"],
        signature: SIGNATURE,
        artifactSha256: artifact,
        sizeBytes: 100,
        parameterCount: 10,
        featureWidth: WIDTH,
        createdBy: "test",
      })),
    );
    await manager.insert(
      Task,
      tasks.map(({ id, name, artifact }) => ({
        id,
        name,
        version: 1,
        kind: "CLASSIFICATION" as const,
        status: "READY" as const,
        classes: ["a", "b"],
        sampleCount: 4,
        contentSha256: artifact,
        artifactSha256: artifact,
        createdBy: "test",
      })),
    );
    await manager.insert(
      PtmToken,
      ptms.map((ptm) => ({ id: uuid(), ptmId: ptm.id, spiderId, vector, ...token })),
    );
    await manager.insert(
      PtmLatency,
      ptms.map(({ id }, i) => ({
        ptmId: id,
        milliseconds: 1 + i,
        batchSize: 64,
        batches: 2,
        provider: "cpu",
        threads: 1,
        machine: "2 x test",
        codeVersion: "0.0.0",
        measuredAt: new Date(0),
      })),
    );
    await manager.insert(
      PtmFingerprint,
      ptms.map(({ id }, i) => ({ ptmId: id, vector: unitVector(i) })),
    );
    await manager.insert(PtmNearDuplicate, [
      { ptmId: ptms[0]!.id, otherId: ptms[1]!.id, similarity: 0.99 },
      { ptmId: ptms[1]!.id, otherId: ptms[0]!.id, similarity: 0.99 },
    ]);
    const vectors = Float32Array.of(...vector, ...vector);
    const centres = { ...token, classCount: 2, vectors };
    await manager.insert(
      TaskToken,
      tasks.map((task) => ({ id: uuid(), taskId: task.id, encoderSha256, ...centres })),
    );
    await manager.insert(
      SpecificToken,
      tasks.map((task, i) => ({ id: uuid(), taskId: task.id, ptmId: ptms[i]!.id, ...centres })),
    );
    const pairs = tasks.flatMap((task, i) => [
      { taskId: task.id, ptmId: ptms[i]!.id },
      { taskId: task.id, ptmId: ptms[(i + 1) % size]!.id },
    ]);
    await manager.insert(
      Outcome,
      pairs.map(({ taskId, ptmId }, i) => ({
        id: uuid(),
        taskId,
        ptmId,
        metric: "accuracy",
        value: i / pairs.length,
        protocol: "LINEAR_PROBE" as const,
        split: "test",
        seed: i,
        reportedBy: "test",
      })),
    );
    await manager.insert(
      TransferabilityScore,
      pairs.map(({ taskId, ptmId }, i) => ({
        id: uuid(),
        taskId,
        ptmId,
        metric: "LOG_ME" as const,
        metricVersion: 1,
        value: i,
        reason: null,
        sampleCount: 10,
        seconds: 0.1,
        networkSeconds: 0.2,
      })),
    );
    await manager.insert(ZooFile, {
      spiderId,
      storage: "int8" as const,
      version: "0",
      digest: sha256("zoo"),
      artifactSha256: sha256("spider"),
    });
    const rankings = tasks.map((task) => ({
      id: uuid(),
      taskId: task.id,
      spiderId,
      stage: "COARSE" as const,
      receipt: sha256(task.id),
      zooSize: size,
      createdBy: "test",
    }));
    await manager.insert(Ranking, rankings);
    await manager.insert(
      RankingEntry,
      rankings.flatMap(({ id }, i) =>
        [0, 1].map((k) => ({
          rankingId: id,
          rank: k + 1,
          ptmId: ptms[(i + k) % size]!.id,
          fitness: -k,
          coarseFitness: -k,
          coarseRank: k + 1,
        })),
      ),
    );
    await manager.insert(
      AnsweredRequest,
      rankings.map(({ id, receipt }) => ({
        caller: "test",
        key: id,
        fingerprint: receipt,
        answer: { ranking: { entity: "Ranking", id } },
      })),
    );
    const webhookId = uuid();
    const hook = { id: webhookId, url: "https://hooks.example.org/sown", enabled: true, createdBy: "test" };
    await manager.insert(Webhook, { ...hook, events: ["PTM_READY"], secret: createWebhookSecret() });
    await manager.insert(WebhookDelivery, { id: uuid(), webhookId, event: "PING", subject: {} });
    await sowPool(manager, ptms[0]!, ptms[0]!.artifact);
    const over = { state: "COMPLETED" as const, progress: 1, attempts: 1 };
    await manager.insert(Job, [
      ...ptms.map((ptm) => ({ id: uuid(), kind: "TOKENIZE_PTM" as const, ptmId: ptm.id, ...over })),
      ...tasks.map((task) => ({ id: uuid(), kind: "TOKENIZE_TASK" as const, taskId: task.id, ...over })),
    ]);
    const keys = { name: "sown", role: "VIEWER", expiresAt: null, secret: createSecret() } as const;
    await insertKey(manager, keys, localViewer("test"));
    await audit(manager, localViewer("test"), {
      action: "sow",
      subject: { type: "Spider", id: spiderId },
      before: null,
      after: { size },
    });
  });
  return { spiderId, ptmIds: ptms.map(({ id }) => id), taskIds: tasks.map(({ id }) => id) };
}
