import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * One memory of idempotency keys for all mutations, in place of one for re-rankings and one for trainings. Keys of the last
 * day are forgotten with it: their fingerprints were made of other things.
 */
export class AnsweredRequests1764020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE answered_request (
        caller      text NOT NULL,
        key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
        fingerprint sha256 NOT NULL,
        answer      jsonb NOT NULL DEFAULT '{}',
        created_at  timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (caller, key)
      )`);
    await runner.query(`CREATE INDEX answered_request_age ON answered_request (created_at)`);
    await runner.query(`DROP TABLE rerank_request`);
    await runner.query(`ALTER TABLE spider_training DROP COLUMN idempotency_key`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE spider_training
        ADD COLUMN idempotency_key text CHECK (length(idempotency_key) BETWEEN 1 AND 200),
        ADD UNIQUE (created_by, idempotency_key)`);
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
    await runner.query(`DROP TABLE answered_request`);
  }
}
