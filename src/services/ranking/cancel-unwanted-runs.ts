import type { EntityManager } from "typeorm";

/**
 * Cancels the runs that a ranking, which has just ended in this transaction, waited for, but for those that another ranking
 * waits for too. The runs are locked first and looked at afterwards: a ranking that joins a run locks it as well, so
 * either it has joined and is seen here, or it finds the run cancelled and queues its own. The lock leaves the key free, for
 * entries that refer to a run are written meanwhile, in an order of their own.
 */
export async function cancelUnwantedRuns(manager: EntityManager, rankingId: string): Promise<void> {
  const rows: { id: string }[] = await manager.query(
    `SELECT job.id FROM job
     WHERE job.id IN (SELECT job_id FROM ranking_entry WHERE ranking_id = $1 AND job_id IS NOT NULL)
       AND job.state IN ('QUEUED', 'RUNNING')
     ORDER BY job.ptm_id FOR NO KEY UPDATE`,
    [rankingId],
  );
  await manager.query(
    `UPDATE job SET state = 'CANCELLED', finished_at = now()
     WHERE id = ANY($1) AND state IN ('QUEUED', 'RUNNING') AND NOT EXISTS (
       SELECT FROM ranking_entry AS entry JOIN ranking ON ranking.id = entry.ranking_id
       WHERE entry.job_id = job.id AND ranking.stage = 'RERANKING')`,
    [rows.map(({ id }) => id)],
  );
}
