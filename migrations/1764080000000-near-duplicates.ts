import type { MigrationInterface, QueryRunner } from "typeorm";

/** PTMs whose fingerprints nearly agree, each pair in both directions. */
export class NearDuplicates1764080000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ptm_near_duplicate (
        ptm_id     uuid NOT NULL REFERENCES ptm ON DELETE CASCADE,
        other_id   uuid NOT NULL REFERENCES ptm ON DELETE CASCADE CHECK (other_id <> ptm_id),
        similarity double precision NOT NULL CHECK (similarity BETWEEN -1 AND 1),
        PRIMARY KEY (ptm_id, other_id)
      )`);
    await runner.query(`CREATE INDEX ptm_near_duplicate_other ON ptm_near_duplicate (other_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ptm_near_duplicate`);
  }
}
