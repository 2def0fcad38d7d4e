import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Zoo files and what changed since each was written.
 *
 * The trigger that counts changes of the zoo now also notes which PTM changed, with the number that its transaction got.
 * That transaction holds the counter's row until its commit, so the numbers follow the order of commits: whoever has
 * seen number n finds everything that came later under larger numbers. A PTM has one row, its latest change.
 */
export class ZooFiles1763995000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE zoo_change (
        ptm_id  uuid PRIMARY KEY,
        version bigint NOT NULL
      )`);
    await runner.query(`CREATE INDEX zoo_change_version ON zoo_change (version)`);
    await runner.query(`
      CREATE TABLE zoo_file (
        spider_id       uuid NOT NULL REFERENCES spider ON DELETE CASCADE,
        storage         text NOT NULL CHECK (storage IN ('float32', 'float16', 'int8')),
        version         bigint NOT NULL,
        digest          sha256 NOT NULL,
        artifact_sha256 sha256 NOT NULL REFERENCES artifact,
        created_at      timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (spider_id, storage)
      )`);
    await runner.query(`CREATE INDEX zoo_file_artifact ON zoo_file (artifact_sha256)`);
    await runner.query(`
      CREATE FUNCTION note_zoo_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        changed uuid;
      BEGIN
        -- One assignment for each kind of row: an expression may name no column that its record lacks.
        IF TG_TABLE_NAME = 'ptm_token' THEN
          IF TG_OP = 'DELETE' THEN changed := OLD.ptm_id; ELSE changed := NEW.ptm_id; END IF;
        ELSE
          IF TG_OP = 'DELETE' THEN changed := OLD.id; ELSE changed := NEW.id; END IF;
        END IF;
        INSERT INTO zoo_change (ptm_id, version)
        SELECT changed, version FROM zoo_state WHERE part = 'tokens'
        ON CONFLICT (ptm_id) DO UPDATE SET version = excluded.version;
        RETURN NULL;
      END $$`);
    // Triggers of one event fire in the order of their names: this one after the one that counts.
    for (const table of ["ptm", "ptm_token"]) {
      await runner.query(`
        CREATE CONSTRAINT TRIGGER ${table}_notes_zoo_change
        AFTER INSERT OR UPDATE OR DELETE ON ${table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_zoo_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ["ptm", "ptm_token"]) {
      await runner.query(`DROP TRIGGER ${table}_notes_zoo_change ON ${table}`);
    }
    await runner.query(`DROP FUNCTION note_zoo_change`);
    await runner.query(`DROP TABLE zoo_file, zoo_change`);
  }
}
