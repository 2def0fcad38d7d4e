import { spawn } from "node:child_process";
import { open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DomainError } from "../errors.js";
import { isMarkAlive } from "../process-mark.js";
import type { DatabaseHome } from "./database-home.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import { type PostmasterFile, readPostmasterFile } from "./postmaster-file.js";
import { SERVER_ENVIRONMENT } from "./run-command.js";
import { isServerListening, makeSocketFolder, PORT, removeTemporarySocketFolder } from "./socket-folder.js";
import { waitUntil } from "./wait-until.js";

const START_DEADLINE = 60_000; // ms; recovery after a crash replays the write-ahead log first
const STOP_DEADLINE = 20_000; // ms until `fast` becomes `immediate`
const LOG_LIMIT = 4 << 20; // bytes of server.log that a start keeps

/** Finds the server of this cluster running, or starts it; returns when it takes connections. */
export async function startOrAdopt(
  home: DatabaseHome,
  binaries: PostgresBinaries,
  log: (line: string) => void,
): Promise<{ server: PostmasterFile; adopted: boolean }> {
  let ownPid: number | undefined;
  const server = await waitUntil(START_DEADLINE, `PostgreSQL to start in ${home.folder}`, async () => {
    const found = await readPostmasterFile(home.clusterFolder);
    if (found?.mark !== undefined) return found.status === "ready" ? found : undefined;
    if (found !== undefined && (await isServerListening(found.socketFolder))) await refuseUnseen(home, found);
    const failure = await launchServer(home, binaries, found, (pid) => {
      ownPid = pid;
    });
    if (failure === undefined) return undefined;
    // Lost the race to another process (adopt it), or the children of a killed server are not gone yet (wait).
    if ((await readPostmasterFile(home.clusterFolder))?.mark !== undefined) return undefined;
    if (/lock file .* (already exists|is empty)|shared memory block .* still in use/.test(failure))
      return undefined;
    throw new Error(`startEmbeddedPostgres: PostgreSQL did not start: ${failure}`);
  });
  const adopted = server.pid !== ownPid;
  log(`PostgreSQL ${binaries.version} ${adopted ? "runs already" : "is ready"} (pid ${server.pid})`);
  return { server, adopted };
}

/**
 * Something listens on the socket of a server whose process we do not see: it runs in another container on the same
 * volume, and a second server would destroy the data. (Or it started since we looked: then we see it now.)
 */
async function refuseUnseen(home: DatabaseHome, found: PostmasterFile): Promise<void> {
  if ((await readPostmasterFile(home.clusterFolder))?.mark !== undefined) return;
  throw new DomainError(
    "FAILED_PRECONDITION",
    `startEmbeddedPostgres: a server that this process cannot see (pid ${found.pid} of another container?) uses the ` +
      `database in ${home.clusterFolder}; stop it, or give both a common server by DATABASE_URL`,
  );
}

/**
 * Runs the server until it is ready, or until it gives up.
 *
 * @param stale what a dead server left. PG_GRANDPARENT_PID makes PostgreSQL ignore that one pid in its lock files,
 *   so a zombie or a stranger with the same pid does not keep us out; its check that no orphaned child still has
 *   the shared memory, which deleting the file would switch off, stays in force.
 * @returns undefined when it is ready, else the last lines that it wrote
 */
async function launchServer(
  home: DatabaseHome,
  binaries: PostgresBinaries,
  stale: PostmasterFile | undefined,
  onSpawn: (pid: number) => void,
): Promise<string | undefined> {
  if (stale !== undefined) await removeTemporarySocketFolder(stale.socketFolder);
  const socketFolder = await makeSocketFolder(home);
  const logPath = join(home.folder, "server.log");
  const logSize = (await stat(logPath).catch(() => undefined))?.size ?? 0;
  if (logSize > LOG_LIMIT) await rm(logPath, { force: true });
  const logFile = await open(logPath, "a", 0o600);
  const { size: logStart } = await logFile.stat();
  try {
    const child = spawn(
      join(binaries.binFolder, "postgres"),
      [
        "-D",
        home.clusterFolder,
        ...Object.entries(serverSettings(socketFolder)).flatMap(([k, v]) => ["-c", `${k}=${v}`]),
      ],
      {
        ...home.user,
        cwd: "/",
        env: { ...SERVER_ENVIRONMENT, ...(stale && { PG_GRANDPARENT_PID: String(stale.pid) }) },
        detached: true,
        stdio: ["ignore", logFile.fd, logFile.fd],
      },
    );
    child.unref();
    let ended: string | undefined;
    child.once("error", (error) => {
      ended = error.message;
    });
    child.once("exit", () => {
      ended ??= "";
    });
    const result = await waitUntil(START_DEADLINE, "PostgreSQL to become ready", async () => {
      if (ended !== undefined) return { ended };
      const now = await readPostmasterFile(home.clusterFolder);
      return now?.pid === child.pid && now?.status === "ready" ? { ready: true } : undefined;
    });
    if ("ready" in result) {
      if (child.pid !== undefined) onSpawn(child.pid);
      return undefined;
    }
    await removeTemporarySocketFolder(socketFolder);
    const written = (await readFile(logPath)).subarray(logStart).toString("utf8");
    return `${result.ended} ${written.trim().split("\n").slice(-5).join(" | ")}`.trim();
  } finally {
    await logFile.close();
  }
}

function serverSettings(socketFolder: string): Record<string, string> {
  return {
    listen_addresses: "",
    port: String(PORT),
    unix_socket_directories: socketFolder,
    unix_socket_permissions: "0700",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off", // One line every five minutes for ever, about nothing.
  };
}

/** Stops the server and waits for its end: `fast`, and if that takes too long `immediate`. */
export async function stopServer(clusterFolder: string, log: (line: string) => void): Promise<void> {
  const server = await readPostmasterFile(clusterFolder);
  const mark = server?.mark;
  if (server === undefined || mark === undefined) return;
  process.kill(server.pid, "SIGINT"); // Fast shutdown.
  const gone = async (): Promise<true | undefined> => (isMarkAlive(mark) ? undefined : true);
  try {
    await waitUntil(STOP_DEADLINE, "PostgreSQL to stop", gone);
  } catch {
    log("PostgreSQL does not stop; stopping it at once (it recovers at its next start)");
    process.kill(server.pid, "SIGQUIT");
    await waitUntil(STOP_DEADLINE, "PostgreSQL to stop at once", gone);
  }
  await removeTemporarySocketFolder(server.socketFolder);
  log("PostgreSQL has stopped");
}
