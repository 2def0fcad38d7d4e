import type { MigrationInterface, QueryRunner } from "typeorm";

/** Access keys. Only digests of secrets are here; a key is never deleted, because the audit names it. */
export class AccessKeys1763970000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_key (
        id            uuid PRIMARY KEY,
        name          entry_name NOT NULL,
        role          text NOT NULL CHECK (role IN ('VIEWER', 'CONTRIBUTOR', 'CURATOR', 'ADMIN')),
        prefix        text NOT NULL,
        secret_sha256 sha256 NOT NULL UNIQUE,
        created_by    text NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        expires_at    timestamptz,
        last_used_at  timestamptz,
        revoked_at    timestamptz
      )`);
    await runner.query(`CREATE INDEX access_key_prefix ON access_key (prefix)`);
    // What a key makes bears its name, so no two that work may share one; the next key of the same holder may.
    await runner.query(
      `CREATE UNIQUE INDEX access_key_name ON access_key (lower(name)) WHERE revoked_at IS NULL`,
    );
    await runner.query(`
      CREATE TRIGGER access_key_notifies AFTER UPDATE OF revoked_at ON access_key
      FOR EACH ROW EXECUTE FUNCTION notify_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_key`);
  }
}
