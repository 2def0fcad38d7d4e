import type { DataSource } from "typeorm";

import type { Config } from "./config.js";
import { JOB_KINDS, type JobKind } from "./entities/job.js";
import type { LostJobs } from "./jobs/queue.js";
import type { Logger } from "./log.js";
import type { Metrics } from "./metrics.js";
import { GiveUpJob } from "./services/background/give-up-job.js";
import { INTERNET, type Network } from "./services/outbound/internet.js";
import type { ArtifactStore } from "./storage/artifact-store.js";
import { Closers } from "./wiring/closers.js";
import { Doors } from "./wiring/doors.js";
import { type Foundation, openFoundation } from "./wiring/foundation.js";
import { jobHandlers } from "./wiring/job-handlers.js";
import { createServices, type Services } from "./wiring/services.js";
import { deliverWebhooks } from "./wiring/webhook-services.js";

/** With the server's drain and PostgreSQL's stop this stays under the 20 s that supervisors commonly grant. */
const JOB_DRAIN_MS = 8_000;

/** A running Orbweaver: every service with what it needs, workers and doors when they are asked for. */
export class Container {
  private constructor(
    private readonly foundation: Foundation,
    readonly services: Services,
    private readonly doors: Doors,
  ) {}

  /** Starts the database if it is ours to start, brings its tables up to date and builds the services. */
  static async open(config: Config, log: Logger, internet: Network = INTERNET): Promise<Container> {
    const closers = new Closers(log);
    try {
      const foundation = await openFoundation(config, log, internet, closers);
      const services = createServices(foundation);
      // Stopped before what jobs need: those under way can then finish.
      closers.add(() => foundation.queue.stop(JOB_DRAIN_MS));
      return new Container(foundation, services, new Doors(foundation, services));
    } catch (error) {
      await closers.close();
      throw error;
    }
  }

  get config(): Config {
    return this.foundation.config;
  }

  get log(): Logger {
    return this.foundation.log;
  }

  get metrics(): Metrics {
    return this.foundation.metrics;
  }

  get dataSource(): DataSource {
    return this.foundation.dataSource;
  }

  get store(): ArtifactStore {
    return this.foundation.store;
  }

  /**
   * Takes jobs from the queue, and deliveries of webhooks.
   *
   * @param kinds       which kinds of jobs; others are left to other workers
   * @param concurrency how many of a kind at a time
   */
  async work(
    kinds: readonly JobKind[] = JOB_KINDS,
    concurrency: number = this.config.jobConcurrency,
  ): Promise<void> {
    const handlers = jobHandlers(this.foundation, this.services);
    const taken = new Map([...handlers].filter(([kind]) => kinds.includes(kind)));
    await this.foundation.queue.work(taken, this.#lostJobs(), concurrency);
    deliverWebhooks(this.foundation);
  }

  /** Re-rankings that wait for a run that is given up go on without it. */
  #lostJobs(): LostJobs {
    const giveUp = new GiveUpJob(this.dataSource);
    const { advanceRanking } = this.services;
    return {
      afterFailure: async (jobId, error) => {
        const isOver = await giveUp.afterFailure(jobId, error);
        if (isOver) await advanceRanking.waitingFor(jobId);
        return isOver;
      },
      afterLastAttempt: async (jobId) => {
        await giveUp.afterLastAttempt(jobId);
        await advanceRanking.waitingFor(jobId);
      },
    };
  }

  /** Answers GraphQL and uploads. @returns the address */
  serve(): Promise<string> {
    return this.doors.serve();
  }

  /** Tells how the process is, where it answers no API. @returns the address */
  serveOperations(port: number): Promise<string> {
    return this.doors.serveOperations(port);
  }

  /** Subscriptions that are open at this moment. */
  get watchers(): number {
    return this.doors.watchers;
  }

  /** Stops everything in the reverse order of its start. Safe to call twice. */
  close(): Promise<void> {
    return this.foundation.closers.close();
  }
}
