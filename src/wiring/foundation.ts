import { join } from "node:path";

import type { DataSource } from "typeorm";

import type { Config } from "../config.js";
import { createDataSource, type DatabaseAddress } from "../database/data-source.js";
import { startEmbeddedPostgres } from "../database/embedded-postgres.js";
import { migrate } from "../database/migrate.js";
import { MetricScorer } from "../engine/runtime/metric-scorer.js";
import { JOB_KINDS } from "../entities/job.js";
import { PgBossQueue } from "../jobs/queue.js";
import type { Logger } from "../log.js";
import { Metrics } from "../metrics.js";
import type { Network } from "../services/outbound/internet.js";
import { findProviders, type FoundProviders } from "../services/ranking/find-providers.js";
import { RunNetwork } from "../services/tokens/run-network.js";
import { SpiderSnapshots } from "../services/tokens/spider-snapshots.js";
import { ArtifactCache } from "../storage/artifact-cache.js";
import type { ArtifactStore } from "../storage/artifact-store.js";
import { LocalDiskStore } from "../storage/local-disk.js";
import { S3Store } from "../storage/s3.js";
import type { Closers } from "./closers.js";

const STATEMENT_TIMEOUT_MS = 10_000;

/** What services of every subject stand on. */
export interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly closers: Closers;
  /** What lies beyond this process. */
  readonly internet: Network;
  /** The devices that rankings can run on. */
  readonly providers: FoundProviders;
  readonly address: DatabaseAddress;
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  readonly queue: PgBossQueue;
  readonly snapshots: SpiderSnapshots;
  /** The sandbox in which foreign networks run. */
  readonly network: RunNetwork;
  readonly scorer: MetricScorer;
}

/** Starts the database if it is ours to start, brings its tables up to date, opens artifacts, sandbox and queue. */
export async function openFoundation(
  config: Config,
  log: Logger,
  internet: Network,
  closers: Closers,
): Promise<Foundation> {
  const metrics = new Metrics();
  const providers = await findProviders(config.executionProviders, (warning) =>
    log.warn({ warning }, "execution provider"),
  );
  const address = await openDatabase(config, log, closers);
  for (const name of await migrate(address)) log.info({ migration: name }, "migrated");
  const dataSource = createDataSource(address, {
    poolSize: config.databasePoolSize,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  await dataSource.initialize();
  closers.add(() => dataSource.destroy());

  const store = openArtifacts(config, closers);
  await store.sweepTemporary();
  const network = openSandbox(config, store, metrics);
  closers.add(() => network.close());
  const scorer = new MetricScorer();
  closers.add(() => scorer.close());
  const queue = new PgBossQueue(address, JOB_KINDS, log, metrics);
  await queue.start();
  const snapshots = new SpiderSnapshots(store);
  return {
    config,
    log,
    metrics,
    closers,
    internet,
    providers,
    address,
    dataSource,
    store,
    queue,
    snapshots,
    network,
    scorer,
  };
}

async function openDatabase(config: Config, log: Logger, closers: Closers): Promise<DatabaseAddress> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl };
  const embedded = await startEmbeddedPostgres({
    dataFolder: join(config.home, "postgres"),
    log: (line) => log.info({ line }, "embedded PostgreSQL"),
  });
  closers.add(() => embedded.close());
  return embedded;
}

function openArtifacts(config: Config, closers: Closers): ArtifactStore {
  const { home, artifactStore, s3Endpoint, artifactCacheBytes } = config;
  if (artifactStore === undefined) return new LocalDiskStore(join(home, "artifacts"));
  const cache = new ArtifactCache(join(home, "artifact-cache"), artifactCacheBytes);
  const store = new S3Store({ ...artifactStore, endpoint: s3Endpoint }, cache);
  closers.add(async () => store.close());
  return store;
}

function openSandbox(config: Config, store: ArtifactStore, metrics: Metrics): RunNetwork {
  const { sandboxMemoryBytes, sandboxSeconds, sandboxSpares } = config;
  return new RunNetwork(
    store,
    {
      memoryBytes: sandboxMemoryBytes,
      deadlineSeconds: sandboxSeconds,
      openDeadlineSeconds: sandboxSeconds,
    },
    sandboxSpares,
    (seconds) => metrics.onnx("sandbox", seconds),
  );
}
