import type { MigrationInterface, QueryRunner } from "typeorm";

const KINDS_BEFORE = "'TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE', 'RERANK', 'RUN_PTM'";

/**
 * Pools: labelled samples that training tasks are drawn from, with what every network gave for them; and the projections of
 * PTMs that joined a spider after its training, whose snapshot cannot hold them.
 */
export class Pools1763960000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pool (
        id                uuid PRIMARY KEY,
        name              entry_name NOT NULL,
        status            text NOT NULL CHECK (status IN ('MEASURING', 'READY', 'FAILED', 'CANCELLED')),
        status_reason     text,
        encoder_sha256    sha256 NOT NULL REFERENCES artifact,
        encoder_signature jsonb NOT NULL,
        task_count        integer NOT NULL CHECK (task_count >= 1),
        task_seed         integer NOT NULL,
        metrics           text[] NOT NULL CHECK (cardinality(metrics) >= 1),
        samples_per_class integer CHECK (samples_per_class >= 1),
        file_sha256       sha256 REFERENCES artifact,
        content_sha256    sha256 NOT NULL UNIQUE,
        created_by        text NOT NULL,
        created_at        timestamptz NOT NULL DEFAULT now(),
        CHECK (status <> 'READY' OR file_sha256 IS NOT NULL)
      )`);
    await runner.query(`CREATE UNIQUE INDEX pool_name ON pool (lower(name))`);
    await runner.query(`
      CREATE TABLE pool_source (
        pool_id         uuid NOT NULL REFERENCES pool ON DELETE CASCADE,
        position        integer NOT NULL CHECK (position >= 0),
        name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 400),
        artifact_sha256 sha256 REFERENCES artifact,
        task_id         uuid REFERENCES task ON DELETE SET NULL,
        PRIMARY KEY (pool_id, position)
      )`);
    await runner.query(`CREATE INDEX pool_source_task ON pool_source (task_id) WHERE task_id IS NOT NULL`);
    // Scores are NaN where a PTM did not see a task's samples and -Infinity where a metric is undefined for it.
    await runner.query(`
      CREATE TABLE pool_measurement (
        pool_id         uuid NOT NULL REFERENCES pool ON DELETE CASCADE,
        ptm_sha256      sha256 NOT NULL,
        features_sha256 sha256 NOT NULL REFERENCES artifact,
        scores          bytea CHECK (octet_length(scores) % 4 = 0),
        created_at      timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (pool_id, ptm_sha256)
      )`);
    await runner.query(`
      CREATE TABLE ptm_projection (
        token_id uuid PRIMARY KEY REFERENCES ptm_token ON DELETE CASCADE,
        width    integer NOT NULL CHECK (width >= 1),
        weight   bytea NOT NULL CHECK (float32s_are_finite(weight)),
        bias     bytea NOT NULL CHECK (float32s_are_finite(bias)),
        CHECK (octet_length(weight) = width * octet_length(bias))
      )`);
    await runner.query(`
      ALTER TABLE job
        ADD COLUMN pool_id uuid REFERENCES pool ON DELETE CASCADE,
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}, 'MEASURE_POOL'))`);
    await runner.query(`CREATE INDEX job_pool ON job (pool_id, id) WHERE pool_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM job WHERE kind = 'MEASURE_POOL'`);
    await runner.query(`
      ALTER TABLE job
        DROP COLUMN pool_id,
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}))`);
    // Without their projections these PTMs could be ranked but not ranked again.
    await runner.query(
      `DELETE FROM ptm_token WHERE EXISTS (SELECT FROM ptm_projection WHERE token_id = ptm_token.id)`,
    );
    await runner.query(`
      UPDATE ptm SET status = 'REGISTERED', status_reason = 'No spider has a token for these weights.'
      WHERE status = 'READY' AND NOT EXISTS (SELECT FROM ptm_token WHERE ptm_id = ptm.id)`);
    await runner.query(`DROP TABLE ptm_projection, pool_measurement, pool_source, pool`);
  }
}
