import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Which tasks' outcomes changed, as `zoo_change` has it for PTMs: a process that holds all outcomes reads the changed tasks'
 * alone. A task has one row, its latest change, under a number that follows the order of commits.
 */
export class OutcomeChanges1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outcome_change (
        task_id uuid PRIMARY KEY,
        version bigint NOT NULL
      )`);
    await runner.query(`CREATE INDEX outcome_change_version ON outcome_change (version)`);
    await runner.query(`
      CREATE FUNCTION note_outcome_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO outcome_change AS noted (task_id, version)
        SELECT CASE WHEN TG_OP = 'DELETE' THEN OLD.task_id ELSE NEW.task_id END, version
        FROM zoo_state WHERE part = 'outcomes'
        -- A transaction has one number, so a task's further outcomes in it change nothing.
        ON CONFLICT (task_id) DO UPDATE SET version = excluded.version WHERE noted.version <> excluded.version;
        RETURN NULL;
      END $$`);
    // Triggers of one event fire in the order of their names: this one after the one that counts.
    await runner.query(`
      CREATE CONSTRAINT TRIGGER outcome_notes_change
      AFTER INSERT OR UPDATE OR DELETE ON outcome
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_outcome_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER outcome_notes_change ON outcome`);
    await runner.query(`DROP FUNCTION note_outcome_change`);
    await runner.query(`DROP TABLE outcome_change`);
  }
}
