import { setTimeout as delay } from "node:timers/promises";

import type { DatabaseHome } from "./database-home.js";
import type { PostgresBinaries } from "./postgres-binaries.js";
import { readPostmasterFile } from "./postmaster-file.js";
import { startOrAdopt } from "./server-process.js";

const LOOK_MS = 500;
/** Between two starts that failed. */
const RETRY_MS = 5_000;

/**
 * Starts the server again whenever it has died (kill -9, out of memory): nobody else would, for it is a child of no
 * supervisor, and its users reconnect by themselves. Several processes may keep the same server; PostgreSQL lets one start.
 *
 * @param socketFolder where this process's connections expect it
 * @returns what ends the watch; it waits for a start that is under way
 */
export function keepRunning(
  home: DatabaseHome,
  binaries: PostgresBinaries,
  socketFolder: string,
  log: (line: string) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    let wait = LOOK_MS;
    for (;;) {
      await delay(wait, undefined, { signal: stopping.signal, ref: false });
      wait = LOOK_MS;
      if ((await readPostmasterFile(home.clusterFolder))?.mark !== undefined) continue;
      log("PostgreSQL has died; starting it again");
      try {
        const { server } = await startOrAdopt(home, binaries, log);
        // Only a folder too deep for a socket beside the data has its socket in a temporary folder, a new one each time.
        if (server.socketFolder !== socketFolder)
          log("PostgreSQL answers elsewhere now: restart this process");
      } catch (error) {
        log((error as Error).message);
        wait = RETRY_MS;
      }
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
