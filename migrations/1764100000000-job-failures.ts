import type { MigrationInterface, QueryRunner } from "typeorm";

/** Attempts that failed are counted apart from those that lost their worker or their database (docs/adr/0060). */
export class JobFailures1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE job ADD COLUMN failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE job DROP COLUMN failures`);
  }
}
