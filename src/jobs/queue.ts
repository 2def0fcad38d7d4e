import { PgBoss } from "pg-boss";
import type { EntityManager } from "typeorm";

import type { DatabaseAddress } from "../database/data-source.js";
import type { JobKind } from "../entities/job.js";
import type { Logger } from "../log.js";
import type { Metrics, QueueDepth } from "../metrics.js";
import type { EnqueueOptions, JobQueue, JobSubject } from "../services/background/job-queue.js";
import { queueGroup, queueName } from "./queue-groups.js";

/** Does the work of one kind of job. What it throws is tried again; what it finishes itself is not. */
export interface JobHandler {
  run(jobId: string, signal: AbortSignal): Promise<void>;
}

/** What becomes of jobs that do not end by themselves. */
export interface LostJobs {
  /** Told of an attempt that threw. @returns whether the job is over with it; otherwise it is tried again */
  afterFailure(jobId: string, error: unknown): Promise<boolean>;
  /** Told of a job that is tried no more. */
  afterLastAttempt(jobId: string): Promise<void>;
}

/** What a queued job carries: the row that says everything else, and what log lines tell of it. */
interface Payload {
  readonly jobId: string;
  readonly subject?: JobSubject;
}

/** Attempts in all, however they end. Jobs that fail are given up before (GiveUpJob); this bounds those that kill workers. */
const MOST_ATTEMPTS = 10;
/** A worker that does not report for so long counts as dead; pg-boss allows no less. */
const HEARTBEAT_SECONDS = 10;
/** Learning from a large pool, and running a large zoo on one, may take a day. */
const LEARNING: ReadonlySet<JobKind> = new Set(["TRAIN", "MEASURE_POOL"]);
/** Of one attempt; what takes longer hangs. */
const longestSeconds = (kind: JobKind): number => (LEARNING.has(kind) ? 24 : 1) * 3600;
/** After a crash the next attempt waits for a poll, so polls must be frequent though notifications are on. */
const PACE = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5, batchSize: 1 } as const;
/** Of a kind's workers one polls for all: the others hear from it, and would ask in vain. */
const SIBLING_PACE = { ...PACE, notifyPollingIntervalSeconds: 10 } as const;
const DEAD_JOBS = "dead-jobs";

const settingsOf = (kind: JobKind) => ({
  retryLimit: MOST_ATTEMPTS - 1,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: longestSeconds(kind),
  deadLetter: DEAD_JOBS,
  notify: true,
});

/** Jobs on pg-boss, in the same PostgreSQL as the rows they work on. */
export class PgBossQueue implements JobQueue {
  readonly #boss: PgBoss;

  constructor(
    address: DatabaseAddress,
    private readonly kinds: readonly JobKind[],
    private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {
    this.#boss = new PgBoss({
      ...("url" in address ? { connectionString: address.url } : address),
      application_name: "orbweaver-jobs",
      max: 4,
      useListenNotify: true,
      schedule: false,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
    });
    this.#boss.on("error", (error) => this.log.error({ error: error.message }, "job queue"));
  }

  /** Connects, and creates what is missing of the queues. */
  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      await this.#boss.stop({ graceful: false }).catch(() => undefined); // its timers would keep the process alive
      throw error;
    }
  }

  async #open(): Promise<void> {
    await this.#boss.start();
    await this.#boss.createQueue(DEAD_JOBS);
    for (const kind of this.kinds) {
      await this.#boss.createQueue(queueName(kind), settingsOf(kind));
      await this.#boss.updateQueue(queueName(kind), settingsOf(kind)); // of a queue that an older release created
    }
  }

  async enqueue(
    manager: EntityManager,
    kind: JobKind,
    jobId: string,
    { priority = 0, delaySeconds = 0, subject = {} }: EnqueueOptions = {},
  ): Promise<void> {
    await this.#boss.send(queueName(kind), { jobId, subject } satisfies Payload, {
      priority,
      startAfter: delaySeconds,
      db: { executeSql: (text, values) => executeInTransaction(manager, text, values) },
    });
  }

  /**
   * Starts working.
   *
   * @param handlers one for each kind
   */
  async work(handlers: ReadonlyMap<JobKind, JobHandler>, lost: LostJobs, concurrency: number): Promise<void> {
    for (const [kind, handler] of handlers) {
      const workers: string[] = [];
      for (let i = 0; i < concurrency; i++) workers.push(await this.#workOn(kind, handler, lost, workers));
    }
    await this.#boss.work<Payload>(DEAD_JOBS, PACE, async ([job]) => {
      if (job !== undefined) await lost.afterLastAttempt(job.data.jobId);
    });
  }

  /** @param siblings workers of the same kind in this process, as they come */
  async #workOn(
    kind: JobKind,
    handler: JobHandler,
    lost: LostJobs,
    siblings: readonly string[],
  ): Promise<string> {
    const pace = siblings.length === 0 ? PACE : SIBLING_PACE;
    const workerId = await this.#boss.work<Payload>(queueName(kind), pace, async ([job]) => {
      if (job === undefined) return;
      // Where one job was there may be more, and only one worker polls.
      for (const sibling of siblings) if (sibling !== workerId) this.#boss.notifyWorker(sibling);
      const { jobId, subject } = job.data;
      const log = this.log.child({ jobId, kind, ...subject });
      log.info({ attempt: job.retryCount + 1 }, "job begins");
      const begin = performance.now();
      const seconds = (): number => (performance.now() - begin) / 1000;
      try {
        await handler.run(jobId, job.signal);
        log.info({ seconds: seconds() }, "job ends");
        this.metrics.job(kind, "ended", seconds());
      } catch (error) {
        log.error({ seconds: seconds(), error: (error as Error).stack }, "job attempt failed");
        this.metrics.job(kind, "failed", seconds());
        // Aborted before its time was up: another worker has the job, or this one stops. That says nothing of the job.
        const isAborted = job.signal.aborted && seconds() < longestSeconds(kind);
        if (isAborted || !(await lost.afterFailure(jobId, error))) throw error;
      } finally {
        // A worker that had work looks for more at once; left alone it would wait for the next poll, half a second for
        // each job however short. (pg-boss's burst modes want batches, or a backlog count that lags by seconds.)
        this.#boss.notifyWorker(workerId);
      }
    });
    return workerId;
  }

  /** Messages that a worker could take now, by kind; as of the queue's own last count, a second or so ago. */
  async depths(): Promise<QueueDepth[]> {
    const queues = await this.#boss.getQueues(this.kinds.map(queueName));
    const ready = new Map(queues.map(({ name, readyCount }) => [name, readyCount]));
    return this.kinds.map((kind) => {
      const queue = queueName(kind);
      return { queue, group: queueGroup(kind), count: ready.get(queue) ?? 0 };
    });
  }

  /** Lets running jobs finish for a while, then hands them back. */
  async stop(timeoutMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: timeoutMs, close: true });
  }
}

/** TypeORM answers an UPDATE or DELETE with [rows, count]; pg-boss expects the driver's shape. */
async function executeInTransaction(
  manager: EntityManager,
  text: string,
  values: unknown[] = [],
): Promise<{ rows: unknown[] }> {
  const answer: unknown[] = await manager.query(text, values);
  const [rows, count] = answer;
  return { rows: answer.length === 2 && Array.isArray(rows) && typeof count === "number" ? rows : answer };
}
