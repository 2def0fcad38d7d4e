import { DataSource } from "typeorm";

import { migrations } from "../../migrations/index.js";
import { AccessKey } from "../entities/access-key.js";
import { AnsweredRequest } from "../entities/answered-request.js";
import { Artifact } from "../entities/artifact.js";
import { AuditEvent } from "../entities/audit-event.js";
import { Job } from "../entities/job.js";
import { Outcome } from "../entities/outcome.js";
import { PoolMeasurement } from "../entities/pool-measurement.js";
import { PoolSource } from "../entities/pool-source.js";
import { Pool } from "../entities/pool.js";
import { PtmFingerprint } from "../entities/ptm-fingerprint.js";
import { PtmLatency } from "../entities/ptm-latency.js";
import { PtmNearDuplicate } from "../entities/ptm-near-duplicate.js";
import { PtmProjection } from "../entities/ptm-projection.js";
import { PtmToken } from "../entities/ptm-token.js";
import { Ptm } from "../entities/ptm.js";
import { RankingEntry } from "../entities/ranking-entry.js";
import { Ranking } from "../entities/ranking.js";
import { SpecificToken } from "../entities/specific-token.js";
import { SpiderEpoch } from "../entities/spider-epoch.js";
import { SpiderTraining } from "../entities/spider-training.js";
import { Spider } from "../entities/spider.js";
import { TaskToken } from "../entities/task-token.js";
import { Task } from "../entities/task.js";
import { TransferabilityScore } from "../entities/transferability-score.js";
import { WebhookDelivery } from "../entities/webhook-delivery.js";
import { Webhook } from "../entities/webhook.js";
import { ZooFile } from "../entities/zoo-file.js";

/** How to reach a PostgreSQL server: a URL, or the parts that a socket folder needs. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

const CONNECT_TIMEOUT_MS = 5_000;
/** What the server may need beyond the statement's own limit to say that it was reached; then it counts as hung. */
const HUNG_AFTER_MS = 2_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

export interface PoolOptions {
  readonly poolSize: number;
  /** The server cancels a statement that takes longer; 0 lets it run. */
  readonly statementTimeoutMs: number;
}

/** A data source that is not connected yet. Schema changes come from migrations alone. */
export function createDataSource(address: DatabaseAddress, options: PoolOptions): DataSource {
  const target =
    "url" in address
      ? { url: address.url }
      : { host: address.host, port: address.port, username: address.user, database: address.database };
  return new DataSource({
    type: "postgres",
    ...target,
    entities: [
      AccessKey,
      AnsweredRequest,
      Artifact,
      AuditEvent,
      Job,
      Outcome,
      Pool,
      PoolMeasurement,
      PoolSource,
      Ptm,
      PtmFingerprint,
      PtmLatency,
      PtmNearDuplicate,
      PtmProjection,
      PtmToken,
      Ranking,
      RankingEntry,
      SpecificToken,
      Spider,
      SpiderEpoch,
      SpiderTraining,
      Task,
      TaskToken,
      TransferabilityScore,
      Webhook,
      WebhookDelivery,
      ZooFile,
    ],
    migrations,
    synchronize: false,
    migrationsTransactionMode: "each",
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: "orbweaver",
    extra: {
      statement_timeout: options.statementTimeoutMs,
      ...(options.statementTimeoutMs > 0 && { query_timeout: options.statementTimeoutMs + HUNG_AFTER_MS }),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
  });
}
