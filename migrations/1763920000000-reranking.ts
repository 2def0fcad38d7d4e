import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Re-rankings: what a ranking waits for, how it ended, and notice of every change to those who watch.
 *
 * A notice says which row changed and nothing else; whoever hears it reads the row. Triggers send it, so that no writer can
 * forget it, and PostgreSQL delivers it with the commit or not at all.
 */
export class Reranking1763920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE job
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check
        CHECK (kind IN ('TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE', 'RERANK', 'RUN_PTM')),
        ADD COLUMN ranking_id uuid REFERENCES ranking ON DELETE CASCADE,
        ADD COLUMN priority integer NOT NULL DEFAULT 0`);
    await runner.query(`CREATE UNIQUE INDEX job_ranking ON job (ranking_id) WHERE ranking_id IS NOT NULL`);
    // Rankings of one task share the run of a PTM instead of running it twice.
    await runner.query(`
      CREATE UNIQUE INDEX job_one_run ON job (task_id, ptm_id)
      WHERE kind = 'RUN_PTM' AND state IN ('QUEUED', 'RUNNING')`);

    await runner.query(`
      ALTER TABLE ranking
        ADD COLUMN top_k          integer CHECK (top_k >= 1),
        ADD COLUMN request_key    sha256,
        ADD COLUMN coarse_receipt sha256,
        ADD COLUMN deadline_at    timestamptz,
        ADD COLUMN revision       integer NOT NULL DEFAULT 0,
        ADD COLUMN evidence       jsonb,
        ADD COLUMN failure        text,
        ADD COLUMN finished_at    timestamptz,
        ADD COLUMN finished_order bigint UNIQUE,
        ADD CHECK (stage <> 'RERANKING' OR (top_k IS NOT NULL AND request_key IS NOT NULL
                                            AND coarse_receipt IS NOT NULL AND deadline_at IS NOT NULL))`);
    await runner.query(`
      CREATE UNIQUE INDEX ranking_one_running ON ranking (request_key) WHERE stage = 'RERANKING'`);

    await runner.query(`ALTER TABLE ranking_entry ADD COLUMN coarse_fitness double precision`);
    await runner.query(`UPDATE ranking_entry SET coarse_fitness = fitness`);
    await runner.query(`
      ALTER TABLE ranking_entry
        ALTER COLUMN coarse_fitness SET NOT NULL,
        ADD CHECK (is_finite(coarse_fitness)),
        ADD COLUMN reranked boolean NOT NULL DEFAULT false,
        ADD COLUMN job_id   uuid REFERENCES job ON DELETE SET NULL,
        ADD COLUMN failure  text`);
    await runner.query(`CREATE INDEX ranking_entry_job ON ranking_entry (job_id) WHERE job_id IS NOT NULL`);

    await runner.query(`
      CREATE TABLE rerank_request (
        created_by      text NOT NULL,
        idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 200),
        request_key     sha256 NOT NULL,
        ranking_id      uuid NOT NULL REFERENCES ranking ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        created_at      timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (created_by, idempotency_key)
      )`);
    await runner.query(`CREATE INDEX rerank_request_ranking ON rerank_request (ranking_id)`);
    await this.#finishes(runner);
    await this.#notices(runner);
  }

  /**
   * Whichever way a re-ranking ends, it gets its place in the order of endings. The lock lasts until the commit, so the
   * order of numbers is the order in which others can see them: who has read up to a number has missed nothing below it.
   */
  async #finishes(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SEQUENCE ranking_finished_order OWNED BY ranking.finished_order`);
    await runner.query(`
      CREATE FUNCTION number_finished_ranking() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('orbweaver.ranking_finished_order'));
        NEW.finished_order := nextval('ranking_finished_order');
        NEW.finished_at := clock_timestamp();
        PERFORM pg_notify('orbweaver', 'finished ' || NEW.task_id);
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER ranking_finishes BEFORE UPDATE OF stage ON ranking FOR EACH ROW
      WHEN (OLD.stage = 'RERANKING' AND NEW.stage <> 'RERANKING') EXECUTE FUNCTION number_finished_ranking()`);
  }

  async #notices(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('orbweaver', TG_TABLE_NAME || ' ' || NEW.id);
        RETURN NULL;
      END $$`);
    for (const table of ["job", "ranking", "ptm"]) {
      await runner.query(`
        CREATE TRIGGER ${table}_notifies AFTER INSERT OR UPDATE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION notify_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ["job", "ranking", "ptm"])
      await runner.query(`DROP TRIGGER ${table}_notifies ON ${table}`);
    await runner.query(`DROP TRIGGER ranking_finishes ON ranking`);
    await runner.query(`DROP FUNCTION notify_change, number_finished_ranking`);
    await runner.query(`DROP TABLE rerank_request`);
    // What the tables before cannot hold goes with them; coarse rankings and the jobs that prepare things stay.
    await runner.query(`DELETE FROM ranking WHERE top_k IS NOT NULL`);
    await runner.query(`DELETE FROM job WHERE kind IN ('RERANK', 'RUN_PTM')`);
    await runner.query(`
      ALTER TABLE ranking_entry
        DROP COLUMN coarse_fitness, DROP COLUMN reranked, DROP COLUMN job_id, DROP COLUMN failure`);
    await runner.query(`
      ALTER TABLE ranking
        DROP COLUMN top_k, DROP COLUMN request_key, DROP COLUMN coarse_receipt, DROP COLUMN deadline_at,
        DROP COLUMN revision, DROP COLUMN evidence, DROP COLUMN failure, DROP COLUMN finished_at,
        DROP COLUMN finished_order`);
    await runner.query(`DROP INDEX job_one_run, job_ranking`);
    await runner.query(`
      ALTER TABLE job
        DROP COLUMN ranking_id, DROP COLUMN priority,
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE'))`);
  }
}
