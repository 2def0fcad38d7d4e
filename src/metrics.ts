import { performance } from "node:perf_hooks";

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** From what memory answers to what runs PTMs. */
const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const JOB_SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000];
/** What is read from the database is read once for all scrapes of so many ms. */
const FRESH_MS = 5_000;

/** Jobs that wait or run, of one kind and state. */
export interface OpenJobs {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
  /** Of the oldest, since it was queued. */
  readonly ageSeconds: number;
}

/** Messages that a worker could take now. */
export interface QueueDepth {
  readonly queue: string;
  readonly group: string;
  readonly count: number;
}

/** Deliveries to webhooks that are not over. */
export interface WaitingDeliveries {
  /** DUE: for a worker; LATER: for their next attempt; DISABLED: for their webhook to be enabled. */
  readonly reason: "DUE" | "LATER" | "DISABLED";
  readonly count: number;
  /** Of the oldest, since its event. */
  readonly ageSeconds: number;
}

/**
 * What this process tells a Prometheus server. Counting costs about a microsecond; what costs a statement is read when
 * somebody scrapes, and then for everybody.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter("orb_requests_total", "Requests that were answered.", [
    "operation",
    "code",
  ]);
  readonly #requestSeconds = new Histogram({
    name: "orb_request_seconds",
    help: "From a request to its answer.",
    labelNames: ["operation"],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #onnx = this.#counter("orb_onnx_seconds_total", "Seconds spent in ONNX Runtime.", ["place"]);
  readonly #jobs = new Histogram({
    name: "orb_job_attempt_seconds",
    help: "Attempts at jobs that this process made.",
    labelNames: ["kind", "outcome"],
    buckets: JOB_SECONDS,
    registers: [this.#registry],
  });

  /** Also what the process itself says: event-loop delay, processor, memory, garbage collection. */
  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * @param operation one of few names: never a text of the caller's
   * @param code      OK, or that of the first error
   */
  request(operation: string, code: string, seconds: number): void {
    this.#requests.inc({ operation, code });
    this.#requestSeconds.observe({ operation }, seconds);
  }

  /** @param place sandbox: foreign networks; scorer: fitness */
  onnx(place: "sandbox" | "scorer", seconds: number): void {
    this.#onnx.inc({ place }, seconds);
  }

  job(kind: string, outcome: "ended" | "failed", seconds: number): void {
    this.#jobs.observe({ kind, outcome }, seconds);
  }

  /** Something that is looked up at every scrape, at no cost. */
  watch(name: string, help: string, read: () => number): void {
    this.#gauge(name, help, [], async (gauge) => gauge.set(read()));
  }

  /** Jobs of all processes; they are read from the database, and a scrape during its absence goes without them. */
  watchJobs(readOpen: () => Promise<OpenJobs[]>, readDepths: () => Promise<QueueDepth[]>): void {
    const open = remembered(readOpen);
    const depths = remembered(readDepths);
    const labels = ["kind", "state"];
    this.#gauge("orb_jobs", "Jobs that wait or run, in all processes together.", labels, async (gauge) => {
      for (const { kind, state, count } of await open()) gauge.set({ kind, state }, count);
    });
    this.#gauge("orb_job_age_seconds", "Since the oldest of these was queued.", labels, async (gauge) => {
      for (const { kind, state, ageSeconds } of await open()) gauge.set({ kind, state }, ageSeconds);
    });
    this.#gauge(
      "orb_queue_depth",
      "Jobs that a worker could take at once, in all processes together.",
      ["queue", "group"],
      async (gauge) => {
        for (const { queue, group, count } of await depths()) gauge.set({ queue, group }, count);
      },
    );
  }

  /** Deliveries of all processes, read as jobs are. */
  watchDeliveries(readWaiting: () => Promise<WaitingDeliveries[]>): void {
    const waiting = remembered(readWaiting);
    const labels = ["reason"];
    this.#gauge(
      "orb_webhook_deliveries",
      "Deliveries to webhooks that wait, of all processes together.",
      labels,
      async (gauge) => {
        for (const { reason, count } of await waiting()) gauge.set({ reason }, count);
      },
    );
    this.#gauge(
      "orb_webhook_delivery_age_seconds",
      "Since the event of the oldest of these.",
      labels,
      async (gauge) => {
        for (const { reason, ageSeconds } of await waiting()) gauge.set({ reason }, ageSeconds);
      },
    );
  }

  /** @returns the text that Prometheus reads, and its media type */
  async text(): Promise<{ readonly body: string; readonly contentType: string }> {
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  /** What had a value at the scrape before and has none now is gone, not stale. */
  #gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => Promise<void>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect: async () => {
        gauge.reset();
        await collect(gauge);
      },
    });
    this.#registry.registerMetric(gauge);
  }
}

/** One answer for all who ask within a while; nothing while there is none to be had. */
function remembered<Item>(read: () => Promise<Item[]>): () => Promise<Item[]> {
  let answer: Promise<Item[]> | undefined;
  let askedAt = 0;
  return async () => {
    if (answer === undefined || performance.now() - askedAt > FRESH_MS) {
      askedAt = performance.now();
      answer = read().catch(() => []);
    }
    return answer;
  };
}
