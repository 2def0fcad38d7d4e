import { createServer } from "node:net";
import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import process from "node:process";

import type { Config } from "../../config.js";
import { sha256 } from "../../services/digest.js";
import { LocalDiskStore } from "../../storage/local-disk.js";
import { answers } from "../remote/with-server.js";
import { fail, type Finding, ok, warn } from "./finding.js";

const GIGABYTE = 2 ** 30;
const OLDEST_NODE = [20, 19] as const;

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  return major > oldest || (major === oldest && minor >= oldestMinor)
    ? ok(`Node ${version}`)
    : fail(`Node ${version}`, `Install Node ${OLDEST_NODE.join(".")} or newer.`);
}

/** Stores a file under ORB_HOME as an upload would, reads it again and removes it. */
export async function checkStorage({ home }: Config): Promise<Finding> {
  const folder = join(home, "artifacts");
  await mkdir(folder, { recursive: true });
  const bytes = Buffer.from(`orb doctor ${process.pid} ${Date.now()}`);
  const digest = sha256(bytes);
  const store = new LocalDiskStore(folder);
  await store.write(digest, Readable.from([bytes]), { maxBytes: bytes.length });
  await store.read(digest);
  await store.delete(digest);
  const { bavail, bsize } = await statfs(folder);
  const free = `${((bavail * bsize) / GIGABYTE).toFixed(1)} GiB free`;
  return bavail * bsize < GIGABYTE
    ? warn(`${folder} is writable, ${free}`, "Free some space, or set ORB_HOME to a larger disk.")
    : ok(`${folder} is writable, ${free}`);
}

/** Whether `orb serve` could listen. */
export async function checkPort({ host, port }: Config): Promise<Finding> {
  const what = `${host}:${port}`;
  if (await answers(`http://${host}:${port}`)) return ok(`an Orbweaver server answers at ${what}`);
  const server = createServer();
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (problem === undefined) return ok(`${what} is free`);
  return problem.code === "EADDRINUSE"
    ? warn(`another program listens at ${what}`, "Set ORB_PORT to a free port before `orb serve`.")
    : fail(`${what}: ${problem.message}`, "Set ORB_HOST and ORB_PORT to an address of this machine.");
}
