import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * A third counter of `zoo_state`: it moves when a task is retired or comes back, so that no process goes on answering from
 * memory for a task that nobody shall rank for any more.
 */
export class TaskRetirements1764095000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE zoo_state
        DROP CONSTRAINT zoo_state_part_check,
        ADD CONSTRAINT zoo_state_part_check CHECK (part IN ('tokens', 'outcomes', 'retirements'))`);
    await runner.query(`INSERT INTO zoo_state VALUES ('retirements', 0)`);
    // Deferred as the others are; by the row alone it would also move with every task that gets its token.
    await runner.query(`
      CREATE CONSTRAINT TRIGGER task_bumps_zoo_state
      AFTER UPDATE OF status ON task
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN ((old.status = 'RETIRED') <> (new.status = 'RETIRED'))
      EXECUTE FUNCTION bump_zoo_state('retirements')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER task_bumps_zoo_state ON task`);
    await runner.query(`DELETE FROM zoo_state WHERE part = 'retirements'`);
    await runner.query(`
      ALTER TABLE zoo_state
        DROP CONSTRAINT zoo_state_part_check,
        ADD CONSTRAINT zoo_state_part_check CHECK (part IN ('tokens', 'outcomes'))`);
  }
}
