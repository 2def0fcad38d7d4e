import type { MigrationInterface, QueryRunner } from "typeorm";

const KINDS_BEFORE = "'TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE', 'RERANK', 'RUN_PTM', 'MEASURE_POOL'";

/**
 * Spiders that are trained here: their row is there from the start, what they learn from is fixed with it, and their epochs
 * and checkpoint are kept beside it, since every change of a spider's own row makes every process load its zoo anew.
 */
export class Training1763990000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE spider
        ALTER COLUMN snapshot_sha256 DROP NOT NULL,
        ALTER COLUMN manifest DROP NOT NULL,
        ADD COLUMN status text NOT NULL DEFAULT 'READY'
          CHECK (status IN ('TRAINING', 'READY', 'FAILED', 'CANCELLED')),
        ADD COLUMN status_reason text,
        ADD COLUMN evaluation jsonb,
        ADD CHECK (status <> 'READY' OR (snapshot_sha256 IS NOT NULL AND manifest IS NOT NULL)),
        ADD CHECK (status = 'READY' OR NOT active)`);
    await runner.query(`
      CREATE TABLE spider_training (
        spider_id        uuid PRIMARY KEY REFERENCES spider ON DELETE CASCADE,
        pool_id          uuid NOT NULL REFERENCES pool,
        recipe           jsonb NOT NULL,
        ptm_sha256       text[] NOT NULL CHECK (cardinality(ptm_sha256) >= 2),
        outcomes         jsonb NOT NULL,
        checkpoint       bytea,
        checkpoint_epoch integer NOT NULL DEFAULT 0 CHECK (checkpoint_epoch >= 0),
        created_by       text NOT NULL,
        idempotency_key  text CHECK (length(idempotency_key) BETWEEN 1 AND 200),
        request_key      sha256 NOT NULL,
        created_at       timestamptz NOT NULL DEFAULT now(),
        UNIQUE (created_by, idempotency_key)
      )`);
    // Float32 weights do not pack; trying costs a second a megabyte.
    await runner.query(`ALTER TABLE spider_training ALTER COLUMN checkpoint SET STORAGE EXTERNAL`);
    await runner.query(`CREATE INDEX spider_training_pool ON spider_training (pool_id)`);
    await runner.query(`
      CREATE TABLE spider_epoch (
        spider_id      uuid NOT NULL REFERENCES spider ON DELETE CASCADE,
        epoch          integer NOT NULL CHECK (epoch >= 1),
        loss           double precision NOT NULL CHECK (is_finite(loss)),
        validation_tau double precision CHECK (is_finite(validation_tau)),
        created_at     timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (spider_id, epoch)
      )`);
    await runner.query(`
      ALTER TABLE job
        ADD COLUMN spider_id uuid REFERENCES spider ON DELETE CASCADE,
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}, 'TRAIN'))`);
    await runner.query(`CREATE UNIQUE INDEX job_spider ON job (spider_id) WHERE spider_id IS NOT NULL`);
    await runner.query(`
      CREATE FUNCTION notify_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('orbweaver', 'spider ' || NEW.spider_id);
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER spider_epoch_notifies AFTER INSERT OR UPDATE ON spider_epoch
      FOR EACH ROW EXECUTE FUNCTION notify_epoch()`);
    await runner.query(`
      CREATE TRIGGER spider_notifies AFTER INSERT OR UPDATE ON spider
      FOR EACH ROW EXECUTE FUNCTION notify_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM job WHERE kind = 'TRAIN'`);
    await runner.query(`
      ALTER TABLE job
        DROP COLUMN spider_id,
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}))`);
    await runner.query(`DROP TRIGGER spider_notifies ON spider`);
    await runner.query(`DROP TABLE spider_epoch, spider_training`);
    await runner.query(`DROP FUNCTION notify_epoch`);
    await runner.query(`DELETE FROM spider WHERE status <> 'READY'`);
    await runner.query(`
      ALTER TABLE spider
        DROP COLUMN status, DROP COLUMN status_reason, DROP COLUMN evaluation,
        ALTER COLUMN snapshot_sha256 SET NOT NULL,
        ALTER COLUMN manifest SET NOT NULL`);
  }
}
