import type { MigrationInterface, QueryRunner } from "typeorm";

/** What a first run tells of a PTM: its MACs, the time it takes, how it sees the probe images. */
export class Costs1764060000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // PTMs that are there get their MACs when they are added again or run.
    await runner.query(`
      ALTER TABLE ptm
        ADD COLUMN macs        bigint CHECK (macs BETWEEN 0 AND ${LARGEST}),
        ADD COLUMN macs_reason text CHECK (length(macs_reason) BETWEEN 1 AND 2000),
        ADD CONSTRAINT ptm_macs CHECK (macs IS NULL OR macs_reason IS NULL)`);
    // Unknown ones stand last in both orders.
    await runner.query(`CREATE INDEX ptm_by_macs ON ptm (coalesce(macs, ${LARGEST}), id)`);
    await runner.query(`CREATE INDEX ptm_by_macs_most ON ptm (coalesce(macs, -1), id)`);
    await runner.query(`
      CREATE TABLE ptm_latency (
        ptm_id       uuid PRIMARY KEY REFERENCES ptm ON DELETE CASCADE,
        milliseconds double precision NOT NULL CHECK (milliseconds >= 0 AND is_finite(milliseconds)),
        batch_size   integer NOT NULL CHECK (batch_size >= 1),
        batches      integer NOT NULL CHECK (batches >= 1),
        provider     text NOT NULL,
        threads      integer NOT NULL CHECK (threads >= 1),
        machine      text NOT NULL,
        code_version text NOT NULL,
        measured_at  timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE ptm_fingerprint (
        ptm_id uuid PRIMARY KEY REFERENCES ptm ON DELETE CASCADE,
        vector bytea NOT NULL CHECK (octet_length(vector) = 4 * 496 AND float32s_are_finite(vector))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ptm_latency, ptm_fingerprint`);
    await runner.query(`ALTER TABLE ptm DROP COLUMN macs, DROP COLUMN macs_reason`);
  }
}

/** The largest integer that JavaScript holds exactly. */
const LARGEST = "9007199254740991";
