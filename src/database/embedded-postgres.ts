import { join } from "node:path";
import { Client } from "pg";
import { CLUSTER_USER, ensureCluster } from "./cluster.js";
import { settleDatabaseHome } from "./database-home.js";
import { keepRunning } from "./keep-running.js";
import { isLeaseHeld, takeLease } from "./leases.js";
import { findNativeFolder, preparePostgresBinaries } from "./postgres-binaries.js";
import { startOrAdopt, stopServer } from "./server-process.js";
import { PORT } from "./socket-folder.js";
import { waitUntil } from "./wait-until.js";

/** A running PostgreSQL server that this process uses. */
export interface EmbeddedPostgres {
  /** The folder of the unix socket; pg and TypeORM take it as `host`. There is no TCP port. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** True if the server ran already: another process uses it, or one was killed without stopping it. */
  readonly adopted: boolean;
  /**
   * Ends this process's use. The last living user stops the server (`fast`: open transactions roll back) and
   * waits for its end; an earlier one leaves it to the others.
   */
  close(): Promise<void>;
}

const DATABASE = "orbweaver";
const PATIENCE = 60_000; // ms for a server that another process stops, and for one that is busy recovering

/**
 * Starts the PostgreSQL server of `dataFolder`, or adopts the one that runs there already.
 *
 * No lock guards the start, for a lock outlives kill -9: the cluster appears by one rename (cluster.ts), PostgreSQL
 * itself lets one server onto a cluster, and whoever loses either race uses what the winner made. The server is in a
 * session of its own, so a terminal's Ctrl-C reaches this process alone, which can finish its work before `close`.
 * A server that dies meanwhile is started again (keep-running.ts).
 *
 * @param dataFolder made if missing; all state lies there (or behind `dataFolder/elsewhere`, see database-home.ts)
 * @throws DomainError FAILED_PRECONDITION if this machine cannot run the server or the data are not for it
 */
export async function startEmbeddedPostgres({
  dataFolder,
  log,
}: {
  readonly dataFolder: string;
  readonly log: (line: string) => void;
}): Promise<EmbeddedPostgres> {
  const nativeFolder = findNativeFolder();
  const home = await settleDatabaseHome(dataFolder, log);
  const leases = join(home.folder, "leases");
  const lease = await takeLease(leases, "use");
  try {
    const binaries = await preparePostgresBinaries(nativeFolder, home.folder, home.user, log);
    await ensureCluster(home, binaries, log);
    await waitUntil(PATIENCE, "another process to stop the server", async () =>
      (await isLeaseHeld(leases, "stop")) ? undefined : true,
    );
    const { server, adopted } = await startOrAdopt(home, binaries, log);
    const connection = { host: server.socketFolder, port: PORT, user: CLUSTER_USER };
    await ensureDatabase(connection);
    const keeper = keepRunning(home, binaries, server.socketFolder, log);
    let closing: Promise<void> | undefined;
    return {
      ...connection,
      database: DATABASE,
      adopted,
      close: async () => await (closing ??= keeper.stop().then(close)),
    };
  } catch (error) {
    await close().catch(() => undefined); // The first failure is the one to tell.
    throw error;
  }

  async function close(): Promise<void> {
    const intent = await takeLease(leases, "stop");
    await lease.release();
    try {
      if (await isLeaseHeld(leases, "use")) log("PostgreSQL is left running: another process uses it");
      else await stopServer(home.clusterFolder, log);
    } finally {
      await intent.release();
    }
  }
}

async function ensureDatabase(connection: { host: string; port: number; user: string }): Promise<void> {
  const client = new Client({ ...connection, database: "postgres", connectionTimeoutMillis: PATIENCE });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    // Another process made it between our question and our order.
    const { code } = error as { code?: string };
    if (code !== "42P04" && code !== "23505") throw error;
  } finally {
    await client.end();
  }
}
