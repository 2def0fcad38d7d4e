import type { EntityManager } from "typeorm";

import { Pool } from "../../entities/pool.js";
import { Ptm } from "../../entities/ptm.js";
import { Spider } from "../../entities/spider.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";

/**
 * Queues the learning of tokens for PTMs that the active spider does not know, if there is a pool to learn them from. In the
 * caller's transaction; to be called whenever a spider becomes the active one or a pool becomes ready.
 *
 * @param ptmId one PTM; absent: all
 */
export async function queueTokens(manager: EntityManager, queue: JobQueue, ptmId?: string): Promise<void> {
  const spider = await manager.findOneBy(Spider, { active: true });
  if (spider === null) return;
  const { encoderSha256 } = spider;
  if (!(await manager.existsBy(Pool, { status: "READY", encoderSha256 }))) return;
  const missing = await manager.findBy(Ptm, {
    status: "REGISTERED",
    ...(ptmId !== undefined && { id: ptmId }),
  });
  for (const { id } of missing) {
    await manager.update(Ptm, { id }, { status: "TOKENIZING", statusReason: null });
    await queueJob(manager, queue, { kind: "TOKENIZE_PTM", ptmId: id });
  }
}
