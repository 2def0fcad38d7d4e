import { cpus } from "node:os";

import type { EntityManager } from "typeorm";

import { CODE_VERSION } from "../../code-version.js";
import { latencyOf, type TimedBatch } from "../../engine/tokens/latency.js";
import { PtmLatency } from "../../entities/ptm-latency.js";
import { SANDBOX_RUNTIME } from "./run-network.js";

/**
 * Writes down what a run of a PTM took, in place of what was known, in the caller's transaction. Not in the PTM's own row:
 * a change there makes every process load the zoo anew.
 *
 * A run in smaller batches says less and is left out: after a re-ranking of a task with four samples the PTMs that it ran would
 * be comparable with no other.
 */
export async function keepLatency(
  manager: EntityManager,
  ptmId: string,
  run: readonly TimedBatch[],
): Promise<void> {
  const latency = latencyOf(run);
  if (latency === undefined) return;
  const { millisecondsPerSample: milliseconds, batchSize, batches } = latency;
  const known = await manager.findOneBy(PtmLatency, { ptmId });
  if (known !== null && known.batchSize > batchSize) return;
  const measured = { milliseconds, batchSize, batches, ...SANDBOX_RUNTIME, machine: machine() };
  await manager.upsert(
    PtmLatency,
    { ptmId, ...measured, codeVersion: CODE_VERSION, measuredAt: new Date() },
    ["ptmId"],
  );
}

/** What latencies can be compared by; not its name, which in a container says nothing. */
function machine(): string {
  const cores = cpus();
  return `${cores.length} x ${cores[0]?.model.trim() || process.arch}`;
}
