import { chown, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { DomainError } from "../errors.js";
import type { DatabaseHome } from "./database-home.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import { isMarkAlive, processMark } from "../process-mark.js";
import { runCommand } from "./run-command.js";

/** The superuser of the cluster; trusted, because only its own account (and root) can reach the socket. */
export const CLUSTER_USER = "orbweaver";

/**
 * Makes the cluster if there is none, in a folder beside it that is renamed at the end: a cluster exists whole or
 * not at all, whoever is killed when. Two processes may do this at once; the first rename wins.
 *
 * @throws DomainError FAILED_PRECONDITION if another major version of PostgreSQL wrote the cluster
 */
export async function ensureCluster(
  home: DatabaseHome,
  binaries: PostgresBinaries,
  log: (line: string) => void,
): Promise<void> {
  await removeUnfinished(home.folder);
  if ((await readClusterVersion(home.clusterFolder)) === undefined) {
    log(`Creating a PostgreSQL ${binaries.version} database in ${home.clusterFolder} ...`);
    await createCluster(home, binaries);
  }
  const clusterVersion = await readClusterVersion(home.clusterFolder);
  const [programVersion] = binaries.version.split(".");
  if (clusterVersion !== programVersion) {
    throw new DomainError(
      "FAILED_PRECONDITION",
      `startEmbeddedPostgres: the database in ${home.clusterFolder} was written by PostgreSQL ${clusterVersion}, the ` +
        `embedded one is ${binaries.version}; serve it with PostgreSQL ${clusterVersion} and set DATABASE_URL, or ` +
        "choose another ORB_HOME",
    );
  }
}

async function readClusterVersion(clusterFolder: string): Promise<string | undefined> {
  return await readFile(join(clusterFolder, "PG_VERSION"), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}

async function createCluster(home: DatabaseHome, binaries: PostgresBinaries): Promise<void> {
  const unfinished = join(home.folder, `initdb.${processMark(process.pid)}.${randomUUID()}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (home.user !== undefined) await chown(unfinished, home.user.uid, home.user.gid);
  try {
    const { exitCode, output } = await runCommand(
      join(binaries.binFolder, "initdb"),
      [
        `--pgdata=${unfinished}`,
        `--username=${CLUSTER_USER}`,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", // sorts as C does, on every machine alike, and knows that É is an upper-case é
        "--no-instructions",
      ],
      home.user,
    );
    if (exitCode !== 0) throw new Error(`startEmbeddedPostgres: initdb failed: ${output}`);
    await rename(unfinished, home.clusterFolder).catch((error: NodeJS.ErrnoException) => {
      // Another process has just made one: use that.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What killed processes left half made: initdb folders and copies of the programs, 40 to 60 MB each. */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const mark = /^(?:initdb|native-.*\.copying)\.(\d+-\d+)/.exec(name)?.[1];
    if (mark === undefined || isMarkAlive(mark)) continue;
    // An orphaned initdb may still write there; it fails soon, and a later start removes the rest.
    await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
