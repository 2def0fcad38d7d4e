import { readConfig } from "../config.js";
import { JOB_KINDS, type JobKind } from "../entities/job.js";
import { DomainError } from "../errors.js";
import { kindsOfQueue, QUEUE_GROUPS, queueName } from "../jobs/queue-groups.js";
import { createLogger } from "../log.js";
import { withContainer } from "./with-container.js";

const MOST_AT_A_TIME = 64;

export interface WorkerOptions {
  readonly queues?: string;
  readonly concurrency?: string;
}

/** `orb worker`: jobs alone, with the configuration of `orb serve`. */
export async function workerCommand({ queues, concurrency }: WorkerOptions): Promise<void> {
  const kinds = queues === undefined ? JOB_KINDS : parseQueues(queues);
  const config = readConfig();
  const atATime = concurrency === undefined ? config.jobConcurrency : parseConcurrency(concurrency);
  await withContainer(config, createLogger(config.logLevel), async (container) => {
    await container.work(kinds, atATime);
    if (config.operationsPort !== undefined) {
      const address = await container.serveOperations(config.operationsPort);
      process.stderr.write(`Orbweaver tells how it is at ${address}/readyz\n`);
    }
    process.stderr.write(`Orbweaver works on ${kinds.map(queueName).join(", ")}\n`);
    return "stays up";
  });
}

/** Each kind once, in the order of JOB_KINDS. */
function parseQueues(list: string): JobKind[] {
  const wanted = new Set<JobKind>();
  for (const name of list.split(",")) {
    const kinds = kindsOfQueue(name.trim());
    if (kinds === undefined) {
      const known = [...QUEUE_GROUPS, ...JOB_KINDS.map(queueName)].join(", ");
      throw new DomainError("BAD_USER_INPUT", `--queues takes ${known}, got "${name.trim()}".`);
    }
    for (const kind of kinds) wanted.add(kind);
  }
  return JOB_KINDS.filter((kind) => wanted.has(kind));
}

function parseConcurrency(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST_AT_A_TIME) {
    throw new DomainError("BAD_USER_INPUT", `--concurrency must be 1 to ${MOST_AT_A_TIME}, got "${text}".`);
  }
  return number;
}
