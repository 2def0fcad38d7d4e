import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { DatabaseHome } from "./database-home.js";

/** Names the socket file only; there is no TCP port. */
export const PORT = 5432;
/** sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero. */
const SOCKET_PATH_LIMIT = 103;
const TEMPORARY_PREFIX = "orbweaver-socket-";

/** Beside the data; or, where that path is too long for a socket address, a private folder in the temporary one. */
export async function makeSocketFolder(home: DatabaseHome): Promise<string> {
  const beside = join(home.folder, "socket");
  const fits = Buffer.byteLength(socketFile(beside)) <= SOCKET_PATH_LIMIT;
  if (fits) await mkdir(beside, { recursive: true, mode: 0o700 });
  const folder = fits ? beside : await mkdtemp(join(tmpdir(), TEMPORARY_PREFIX)); // mkdtemp makes it 0700.
  if (home.user !== undefined) await chown(folder, home.user.uid, home.user.gid);
  return folder;
}

export async function removeTemporarySocketFolder(folder: string): Promise<void> {
  const isOurs = dirname(folder) === tmpdir() && basename(folder).startsWith(TEMPORARY_PREFIX);
  if (isOurs) await rm(folder, { recursive: true, force: true });
}

/** Whether a server listens there, be its process visible to us or not. */
export async function isServerListening(folder: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(socketFile(folder));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function socketFile(folder: string): string {
  return join(folder, `.s.PGSQL.${PORT}`);
}
