import type { MigrationInterface, QueryRunner } from "typeorm";

/** Transferability scores, and the jobs that measure them. */
export class TransferabilityScores1763910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The names of metrics are the code's: a registry that grows needs no migration.
    await runner.query(`
      CREATE TABLE transferability_score (
        id              uuid PRIMARY KEY,
        task_id         uuid NOT NULL REFERENCES task ON DELETE CASCADE,
        ptm_id          uuid NOT NULL REFERENCES ptm ON DELETE CASCADE,
        metric          text NOT NULL CHECK (metric ~ '^[A-Z][A-Z0-9_]{0,99}$'),
        metric_version  integer NOT NULL CHECK (metric_version >= 1),
        value           double precision CHECK (is_finite(value)),
        reason          text CHECK (length(reason) BETWEEN 1 AND 2000),
        sample_count    integer NOT NULL CHECK (sample_count >= 0),
        seconds         double precision NOT NULL CHECK (is_finite(seconds) AND seconds >= 0),
        network_seconds double precision NOT NULL CHECK (is_finite(network_seconds) AND network_seconds >= 0),
        created_at      timestamptz NOT NULL DEFAULT now(),
        UNIQUE (task_id, ptm_id, metric),
        CHECK ((value IS NULL) = (reason IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX transferability_score_ptm ON transferability_score (ptm_id, id)`);
    await runner.query(`CREATE INDEX transferability_score_task ON transferability_score (task_id, id)`);

    await runner.query(`ALTER TABLE job ADD COLUMN request jsonb`);
    await runner.query(`ALTER TABLE job DROP CONSTRAINT job_kind_check`);
    await runner.query(`
      ALTER TABLE job ADD CONSTRAINT job_kind_check CHECK (kind IN ('TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM job WHERE kind = 'MEASURE'`);
    await runner.query(`ALTER TABLE job DROP CONSTRAINT job_kind_check`);
    await runner.query(`
      ALTER TABLE job ADD CONSTRAINT job_kind_check CHECK (kind IN ('TOKENIZE_TASK', 'TOKENIZE_PTM'))`);
    await runner.query(`ALTER TABLE job DROP COLUMN request`);
    await runner.query(`DROP TABLE transferability_score`);
  }
}
