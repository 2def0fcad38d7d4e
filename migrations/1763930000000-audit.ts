import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The audit: who changed what, when, from what to what. Rows are written in the transaction of the change they tell of, and
 * stay as they were written: our own account owns the table, so no privilege would hold it back, and triggers do.
 */
export class Audit1763930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_event (
        id           uuid PRIMARY KEY,
        at           timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor        text NOT NULL,
        role         text NOT NULL,
        key_id       uuid,
        request_id   uuid,
        action       text NOT NULL,
        subject_type text NOT NULL,
        subject_id   text NOT NULL,
        before       jsonb,
        after        jsonb
      )`);
    await runner.query(`CREATE INDEX audit_event_subject ON audit_event (subject_type, subject_id, id)`);
    await runner.query(`CREATE INDEX audit_event_actor ON audit_event (actor, id)`);
    await runner.query(`CREATE INDEX audit_event_action ON audit_event (action, id)`);
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE insufficient_privilege USING MESSAGE = 'permission denied: rows of audit_event are never changed';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit_event`);
    await runner.query(`DROP FUNCTION refuse_audit_change`);
  }
}
