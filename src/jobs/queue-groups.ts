import { JOB_KINDS, type JobKind } from "../entities/job.js";

/** The name that people and the queue use for a kind of job. */
export const queueName = (kind: JobKind): string => kind.toLowerCase().replaceAll("_", "-");

/**
 * Machines that run networks, and all others. Kinds that run or learn networks are "gpu": that is where the hours go, and
 * what somebody buys machines for. The sandbox itself computes on processors so far, so a "gpu" worker needs no GPU.
 */
export const QUEUE_GROUPS = ["cpu", "gpu"] as const;
export type QueueGroup = (typeof QUEUE_GROUPS)[number];

const GROUP_OF = {
  TOKENIZE_TASK: "gpu",
  TOKENIZE_PTM: "gpu",
  MEASURE: "gpu",
  RUN_PTM: "gpu",
  RERANK: "cpu",
  MEASURE_POOL: "gpu",
  TRAIN: "gpu",
  IMPORT_PTM: "cpu",
} as const satisfies Record<JobKind, QueueGroup>;

export const queueGroup = (kind: JobKind): QueueGroup => GROUP_OF[kind];

/** The kinds of a queue, which is a group or a kind such as "run-ptm"; undefined if there is none of that name. */
export function kindsOfQueue(name: string): JobKind[] | undefined {
  const kinds = JOB_KINDS.filter((kind) => queueGroup(kind) === name || queueName(kind) === name);
  return kinds.length === 0 ? undefined : kinds;
}
