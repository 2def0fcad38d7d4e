import type { MigrationInterface, QueryRunner } from "typeorm";

/** What is open is counted at every scrape of /metrics; what is over piles up for years. */
export class OpenJobs1763940000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX job_open ON job (kind, state, created_at) WHERE state IN ('QUEUED', 'RUNNING')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX job_open`);
  }
}
