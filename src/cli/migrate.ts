import { join } from "node:path";

import { readConfig } from "../config.js";
import { startEmbeddedPostgres } from "../database/embedded-postgres.js";
import { migrate, revertMigration } from "../database/migrate.js";

/** `orb migrate`: brings the tables up to date without starting anything else. */
export async function migrateCommand({ revert = false }: { revert?: boolean }): Promise<void> {
  const config = readConfig();
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          dataFolder: join(config.home, "postgres"),
          log: (line) => void process.stderr.write(`${line}\n`),
        })
      : undefined;
  const address = embedded ?? { url: config.databaseUrl! };
  try {
    if (revert) {
      await revertMigration(address);
      process.stderr.write("took back the newest migration\n");
      return;
    }
    const names = await migrate(address);
    process.stderr.write(names.length === 0 ? "nothing to migrate\n" : `ran ${names.join(", ")}\n`);
  } finally {
    await embedded?.close();
  }
}
