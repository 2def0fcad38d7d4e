import { chmod, lstat, mkdir, mkdtemp, readlink, realpath, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DomainError } from "../errors.js";
import { runCommand } from "./run-command.js";
import { chooseServerUser, type ServerUser } from "./server-user.js";

/** Where everything of one embedded server lies, and who runs it. */
export interface DatabaseHome {
  /** Absolute, without symbolic links: all processes that mean this database see the same string. */
  readonly folder: string;
  readonly clusterFolder: string;
  readonly user: ServerUser | undefined;
}

/** Root's place for state that survives a reboot; the second where the first is read-only. */
const SHARED_PLACES = ["/var/lib/orbweaver", "/var/tmp/orbweaver"];

/**
 * Settles where the data of `dataFolder` lies.
 *
 * Nearly always: in `dataFolder`. The exception is root with a checkout under a 0700 folder such as /root: the
 * server cannot run as root, and no other user can enter there. We do not loosen the modes of somebody's home;
 * the data go to a folder of their own under /var/lib/orbweaver, and `dataFolder/elsewhere` links to it. That link
 * is the truth: remove `dataFolder` and the next start begins with an empty database.
 */
export async function settleDatabaseHome(
  dataFolder: string,
  log: (line: string) => void,
): Promise<DatabaseHome> {
  await mkdir(dataFolder, { recursive: true });
  const anchor = await realpath(dataFolder);
  const link = join(anchor, "elsewhere");
  const linked = await readlink(link).catch(() => undefined);
  if (linked !== undefined) {
    if (await exists(linked)) return await describeHome(linked);
    log(`The database folder ${linked} is gone; starting with an empty database`);
    await rm(link, { force: true });
  }
  const here = await describeHome(anchor);
  if (here.user === undefined || (await canEnter(anchor, here.user))) return here;
  await chmod(anchor, 0o711); // Enough if our own umask was all that stood in the way.
  if (await canEnter(anchor, here.user)) return here;

  if (await exists(here.clusterFolder)) {
    throw new DomainError(
      "FAILED_PRECONDITION",
      `startEmbeddedPostgres: uid ${here.user.uid}, which owns the database in ${anchor}, can no longer enter that ` +
        "folder; give it the right to (mode x on each folder above) or move the folder",
    );
  }
  const elsewhere = await makeFolderElsewhere();
  try {
    await symlink(elsewhere, link);
  } catch {
    // Another process was faster, and its link is as good as ours.
    await rm(elsewhere, { recursive: true });
    return await describeHome(await readlink(link));
  }
  log(`The server's user cannot enter ${anchor}; the database is kept in ${elsewhere}`);
  return await describeHome(elsewhere);
}

async function describeHome(folder: string): Promise<DatabaseHome> {
  const clusterFolder = join(folder, "cluster");
  return { folder, clusterFolder, user: await chooseServerUser(clusterFolder) };
}

/** Asks the kernel as that user, because mode bits alone do not tell (ACLs, mounts). */
async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  return (await runCommand("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], user)).exitCode === 0;
}

async function makeFolderElsewhere(): Promise<string> {
  let failure: unknown;
  for (const place of SHARED_PLACES) {
    try {
      await mkdir(place, { recursive: true });
      // In /var/tmp anybody could have made the folder first: only root's own will do.
      if ((await lstat(place)).uid !== 0 || (await realpath(dirname(place))) !== dirname(place)) continue;
      await chmod(place, 0o711); // Whatever our umask made of it.
      const folder = await mkdtemp(join(place, "database-"));
      await chmod(folder, 0o711);
      return folder;
    } catch (error) {
      failure = error;
    }
  }
  throw new Error(`startEmbeddedPostgres: none of ${SHARED_PLACES.join(", ")} can be written`, {
    cause: failure,
  });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
