import { type EntityManager, In } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { Spider } from "../../entities/spider.js";
import { Task } from "../../entities/task.js";
import { keepSnapshotTokens, withoutToken } from "../tokens/give-token.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { queueTokens } from "../tokens/queue-tokens.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";

/**
 * Makes a spider the active one, in the caller's transaction. PTMs that it knows get their tokens; for others the learning of
 * a token is queued, and for tasks with samples the run of its general encoder where they lack its token. API processes see
 * it by the counter of `zoo_state`.
 */
export async function switchSpider(
  manager: EntityManager,
  snapshots: SpiderSnapshots,
  queue: JobQueue,
  { id, encoderSha256 }: Pick<Spider, "id" | "encoderSha256">,
): Promise<void> {
  await manager.update(Spider, { active: true }, { active: false });
  await manager.update(Spider, { id }, { active: true });
  const spider = await manager.findOneByOrFail(Spider, { id });
  const ptms = await manager.find(Ptm, {
    select: { id: true, artifactSha256: true },
    where: { status: In(["READY", "REGISTERED"]) },
  });
  await keepSnapshotTokens(manager, snapshots, spider, ptms);
  await sortPtms(manager, spider);
  await queueTokens(manager, queue);
  await queueTasks(manager, queue, encoderSha256);
}

/** PTMs with a token of the spider are READY, the others REGISTERED: two statements, however large the zoo. */
async function sortPtms(manager: EntityManager, spider: Spider): Promise<void> {
  const token = "EXISTS (SELECT FROM ptm_token WHERE ptm_id = ptm.id AND spider_id = $1)";
  await manager.query(
    `UPDATE ptm SET status = 'READY', status_reason = NULL WHERE status = 'REGISTERED' AND ${token}`,
    [spider.id],
  );
  await manager.query(
    `UPDATE ptm SET status = 'REGISTERED', status_reason = $2
     WHERE status IN ('READY', 'REGISTERED') AND NOT ${token}`,
    [spider.id, withoutToken(spider)],
  );
}

async function queueTasks(manager: EntityManager, queue: JobQueue, encoderSha256: string): Promise<void> {
  const tasks = await manager
    .createQueryBuilder(Task, "task")
    .where("task.status = 'READY' AND task.sampleCount > 0")
    .andWhere(
      "NOT EXISTS (SELECT FROM task_token WHERE task_token.task_id = task.id AND encoder_sha256 = :encoderSha256)",
      { encoderSha256 },
    )
    .getMany();
  for (const { id: taskId } of tasks) {
    await manager.update(Task, { id: taskId }, { status: "TOKENIZING" });
    await queueJob(manager, queue, { kind: "TOKENIZE_TASK", taskId });
  }
}
