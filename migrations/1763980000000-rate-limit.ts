import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Requests counted for all processes together, in the form that rate-limiter-flexible wants. Unlogged: after a crash everybody
 * begins a minute anew.
 */
export class RateLimit1763980000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE rate_limit (
        key    varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE rate_limit`);
  }
}
