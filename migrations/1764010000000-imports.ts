import type { MigrationInterface, QueryRunner } from "typeorm";

const KINDS_BEFORE =
  "'TOKENIZE_TASK', 'TOKENIZE_PTM', 'MEASURE', 'RERANK', 'RUN_PTM', 'MEASURE_POOL', 'TRAIN'";

/** Imports of PTMs from other registries are jobs. An import that is asked for again while it runs is found by its key. */
export class Imports1764010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE job
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}, 'IMPORT_PTM'))`);
    await runner.query(`
      CREATE UNIQUE INDEX job_one_import ON job ((request ->> 'key'))
      WHERE kind = 'IMPORT_PTM' AND state IN ('QUEUED', 'RUNNING')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX job_one_import`);
    await runner.query(`DELETE FROM job WHERE kind = 'IMPORT_PTM'`);
    await runner.query(`
      ALTER TABLE job
        DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN (${KINDS_BEFORE}))`);
  }
}
