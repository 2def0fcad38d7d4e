import { readFile, stat } from "node:fs/promises";
import { DomainError } from "../errors.js";

/** The account that PostgreSQL runs under, where it is not our own. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands it to `postgres`, or to `nobody` where there is none (initdb
 * wants an account with a name). A cluster that exists already keeps its owner, whoever that is: a `postgres`
 * account that appears later must not lock us out of data written as `nobody`.
 *
 * @returns undefined if we are not root: the server then runs as ourselves
 */
export async function chooseServerUser(clusterFolder: string): Promise<ServerUser | undefined> {
  const ownUid = process.getuid?.();
  const owner = await stat(clusterFolder).catch(() => undefined);
  if (owner !== undefined && ownUid !== 0 && owner.uid !== ownUid) {
    throw new DomainError(
      "FAILED_PRECONDITION",
      `startEmbeddedPostgres: the database in ${clusterFolder} belongs to uid ${owner.uid}, this process runs as ` +
        `uid ${ownUid}; run as that user, choose another ORB_HOME, or set DATABASE_URL`,
    );
  }
  if (ownUid !== 0) return undefined;
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };

  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find(([accountName]) => accountName === name);
    // macOS writes nobody as -2; the kernel wants the unsigned form.
    if (account !== undefined) return { uid: Number(account[2]) >>> 0, gid: Number(account[3]) >>> 0 };
  }
  throw new DomainError(
    "FAILED_PRECONDITION",
    "startEmbeddedPostgres: PostgreSQL does not run as root and /etc/passwd has neither `postgres` nor `nobody`; " +
      "run as an ordinary user or set DATABASE_URL",
  );
}
