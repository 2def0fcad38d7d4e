import type { MigrationInterface, QueryRunner } from "typeorm";

/** Outcomes that a curator has checked, and outcomes that turned out wrong: they stay readable and count no more. */
export class OutcomeReview1763975000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE outcome
        DROP CONSTRAINT outcome_task_id_ptm_id_metric_protocol_split_seed_key,
        ADD COLUMN verified_at       timestamptz,
        ADD COLUMN verified_by       text,
        ADD COLUMN withdrawn_at      timestamptz,
        ADD COLUMN withdrawn_by      text,
        ADD COLUMN withdrawal_reason text CHECK (length(withdrawal_reason) BETWEEN 1 AND 2000),
        ADD COLUMN verified          boolean NOT NULL GENERATED ALWAYS AS (verified_at IS NOT NULL) STORED,
        ADD COLUMN withdrawn         boolean NOT NULL GENERATED ALWAYS AS (withdrawn_at IS NOT NULL) STORED,
        ADD CHECK ((verified_at IS NULL) = (verified_by IS NULL)),
        ADD CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
        ADD CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))`);
    // What was withdrawn can be reported anew, with the right value.
    await runner.query(`
      CREATE UNIQUE INDEX outcome_measurement ON outcome (task_id, ptm_id, metric, protocol, split, seed)
      WHERE NOT withdrawn`);
    await runner.query(`CREATE INDEX outcome_by_value ON outcome (value, id)`);
    await runner.query(`CREATE INDEX outcome_by_metric ON outcome (metric, id)`);
    await runner.query(`CREATE INDEX outcome_by_reporter ON outcome (reported_by, id)`);
    await runner.query(`CREATE INDEX outcome_verified ON outcome (id) WHERE verified`);
    await runner.query(`CREATE INDEX outcome_withdrawn ON outcome (id) WHERE withdrawn`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM outcome WHERE withdrawn`);
    await runner.query(`
      DROP INDEX outcome_measurement, outcome_by_value, outcome_by_metric, outcome_by_reporter, outcome_verified,
                 outcome_withdrawn`);
    await runner.query(`
      ALTER TABLE outcome
        DROP COLUMN verified, DROP COLUMN withdrawn, DROP COLUMN verified_at, DROP COLUMN verified_by,
        DROP COLUMN withdrawn_at, DROP COLUMN withdrawn_by, DROP COLUMN withdrawal_reason,
        ADD UNIQUE (task_id, ptm_id, metric, protocol, split, seed)`);
  }
}
