import type { MigrationInterface, QueryRunner } from "typeorm";

/** Where a PTM comes from and goes to: versions with aliases, base models, retirement; and which code made a token. */
export class Lineage1763965000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ptm
        ADD COLUMN latest            boolean NOT NULL DEFAULT true,
        ADD COLUMN aliases           text[] NOT NULL DEFAULT '{}' CHECK (cardinality(aliases) <= 20),
        ADD COLUMN base_ptm_id       uuid REFERENCES ptm ON DELETE SET NULL,
        ADD COLUMN retired_at        timestamptz,
        ADD COLUMN retirement_reason text CHECK (length(retirement_reason) BETWEEN 1 AND 2000),
        ADD COLUMN successor_id      uuid REFERENCES ptm ON DELETE SET NULL,
        ADD CONSTRAINT ptm_retirement CHECK
          ((status = 'RETIRED') = (retired_at IS NOT NULL) AND (retired_at IS NULL) = (retirement_reason IS NULL))`);
    await runner.query(`
      ALTER TABLE task
        ADD COLUMN latest            boolean NOT NULL DEFAULT true,
        ADD COLUMN retired_at        timestamptz,
        ADD COLUMN retirement_reason text CHECK (length(retirement_reason) BETWEEN 1 AND 2000),
        ADD COLUMN successor_id      uuid REFERENCES task ON DELETE SET NULL,
        DROP CONSTRAINT task_status_check,
        ADD CONSTRAINT task_status_check CHECK (status IN ('TOKENIZING', 'READY', 'FAILED', 'RETIRED')),
        ADD CONSTRAINT task_retirement CHECK
          ((status = 'RETIRED') = (retired_at IS NOT NULL) AND (retired_at IS NULL) = (retirement_reason IS NULL))`);
    for (const table of ["ptm", "task"]) {
      await runner.query(`
        UPDATE ${table} SET latest = false
        WHERE EXISTS (SELECT FROM ${table} AS later
                      WHERE lower(later.name) = lower(${table}.name) AND later.version > ${table}.version)`);
      // The database's own word that a name has one latest version.
      await runner.query(`CREATE UNIQUE INDEX ${table}_latest ON ${table} (lower(name)) WHERE latest`);
    }
    await runner.query(`CREATE INDEX ptm_aliases ON ptm USING gin (aliases)`);
    await runner.query(`CREATE INDEX ptm_base ON ptm (base_ptm_id, id)`);
    await runner.query(`CREATE INDEX ptm_latest_by_id ON ptm (id) WHERE latest`);
    await runner.query(`CREATE INDEX ptm_by_status ON ptm (status, id)`);
    for (const table of TOKENS) await runner.query(`ALTER TABLE ${table} ADD COLUMN code_version text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TOKENS) await runner.query(`ALTER TABLE ${table} DROP COLUMN code_version`);
    await runner.query(
      `DROP INDEX ptm_aliases, ptm_base, ptm_latest_by_id, ptm_by_status, ptm_latest, task_latest`,
    );
    // PTMs could be retired before; tasks could not, and become what can be ranked again.
    await runner.query(`ALTER TABLE ptm DROP CONSTRAINT ptm_retirement`);
    await runner.query(`ALTER TABLE task DROP CONSTRAINT task_retirement`);
    await runner.query(`UPDATE task SET status = 'READY' WHERE status = 'RETIRED'`);
    await runner.query(`
      ALTER TABLE task
        DROP COLUMN latest, DROP COLUMN retired_at, DROP COLUMN retirement_reason, DROP COLUMN successor_id,
        DROP CONSTRAINT task_status_check,
        ADD CONSTRAINT task_status_check CHECK (status IN ('TOKENIZING', 'READY', 'FAILED'))`);
    await runner.query(`
      ALTER TABLE ptm
        DROP COLUMN latest, DROP COLUMN aliases, DROP COLUMN base_ptm_id, DROP COLUMN retired_at,
        DROP COLUMN retirement_reason, DROP COLUMN successor_id`);
  }
}

const TOKENS = ["ptm_token", "task_token", "specific_token"] as const;
