import type { MigrationInterface, QueryRunner } from "typeorm";

/** The order in which fingerprints were written, so that a comparison can go on where it was. */
export class FingerprintPlaces1764110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ptm_fingerprint ADD COLUMN place bigserial UNIQUE`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ptm_fingerprint DROP COLUMN place`);
  }
}
