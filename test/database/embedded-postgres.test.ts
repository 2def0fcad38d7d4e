import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/database/embedded-postgres.js";
import { type PostmasterFile, readPostmasterFile } from "../../src/database/postmaster-file.js";
import { processMark } from "../../src/process-mark.js";

const program = fileURLToPath(new URL("../support/postgres-process.js", import.meta.url));
const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function temporaryFolder(mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orbweaver-pg-test-"));
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(dataFolder: string, lines: string[] = []): Promise<EmbeddedPostgres> {
  return await startEmbeddedPostgres({ dataFolder, log: (line) => lines.push(line) });
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const { host, port, user, database } = postgres;
  const client = new Client({ host, port, user, database });
  client.on("error", () => undefined); // The server may be shot while we are connected.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

interface Ready {
  readonly host: string;
  readonly adopted: boolean;
  readonly pid: number;
}

interface OtherProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<Ready>;
  close(): Promise<void>;
  kill(): Promise<void>;
}

/** Another node process on the folder. */
function startElsewhere(dataFolder: string, user: object = {}): OtherProcess {
  const child = spawn(process.execPath, [program, dataFolder], {
    ...user,
    cwd: "/",
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const ready = (async (): Promise<Ready> => {
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as { ready?: Ready };
      if (said.ready !== undefined) return said.ready;
    }
    throw new Error("the process ended before its server was ready");
  })();
  ready.catch(() => undefined);
  return {
    child,
    ready,
    close: async () => {
      child.stdin.end();
      await exited;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function serverPid(dataFolder: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataFolder, "cluster", "postmaster.pid"), "utf8"), 10);
}

async function untilGone(pid: number): Promise<void> {
  while (processMark(pid) !== undefined) await delay(5);
}

test("one folder through its life: fresh, closed, killed, shot, shared", async (t) => {
  const folder = join(await temporaryFolder(), "deep", "er");

  await t.test("a fresh folder becomes a durable UTF8 database behind a private socket only", async () => {
    const postgres = await start(folder);
    assert.equal(postgres.adopted, false);
    const [row] = await query(
      postgres,
      `SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS tcp,
              current_setting('fsync') AS fsync, datcollate AS collation, inet_server_addr() AS address
       FROM pg_database WHERE datname = current_database()`,
    );
    assert.deepEqual(row, { encoding: "UTF8", tcp: "", fsync: "on", collation: "C", address: null });
    await query(postgres, "CREATE TABLE kept (n integer)");
    await postgres.close();
    await postgres.close();
    await assert.rejects(query(postgres, "SELECT 1"), /ENOENT|ECONNREFUSED/);
  });

  await t.test("a second start finds what the first one kept", async () => {
    const postgres = await start(folder);
    assert.equal(postgres.adopted, false);
    assert.deepEqual(await query(postgres, "SELECT * FROM kept"), []);
    await postgres.close();
  });

  await t.test("a server that is killed under its user is started again at the same address", async () => {
    const lines: string[] = [];
    const postgres = await start(folder, lines);
    const killed = await serverPid(folder);
    process.kill(killed, "SIGKILL");
    let now: PostmasterFile | undefined;
    do {
      await delay(10);
      now = await readPostmasterFile(join(folder, "cluster"));
    } while (now?.mark === undefined || now.pid === killed || now.status !== "ready");
    assert.deepEqual(await query(postgres, "SELECT * FROM kept"), []);
    await postgres.close();
    assert.ok(lines.some((line) => line.startsWith("PostgreSQL has died")));
    assert.equal((await readPostmasterFile(join(folder, "cluster")))?.mark, undefined);
  });

  await t.test("after kill -9 of its process the server lives on and is adopted, then stopped", async () => {
    const other = startElsewhere(folder);
    const { pid, adopted } = await other.ready;
    assert.equal(adopted, false);
    await other.kill();
    assert.notEqual(processMark(pid), undefined);

    const postgres = await start(folder);
    assert.equal(postgres.adopted, true);
    assert.equal(await serverPid(folder), pid);
    await query(postgres, "INSERT INTO kept VALUES (1)");
    await postgres.close();
    assert.equal(processMark(pid), undefined);
  });

  await t.test("after kill -9 of the server the next start recovers what was committed", async () => {
    const postgres = await start(folder);
    await query(postgres, "INSERT INTO kept VALUES (2)");
    const pid = await serverPid(folder);
    process.kill(pid, "SIGKILL");
    await untilGone(pid);
    const next = await start(folder);
    assert.equal(next.adopted, false);
    assert.deepEqual(await query(next, "SELECT n FROM kept ORDER BY n"), [{ n: 1 }, { n: 2 }]);
    await postgres.close(); // The first use ends after its server did: nothing to stop, and not the new one.
    assert.equal((await query(next, "SELECT 1 AS one")).length, 1);
    await next.close();
  });

  await t.test("a pid file that names a stranger does not keep the server out", async () => {
    const postgres = await start(folder);
    const pid = await serverPid(folder);
    process.kill(pid, "SIGKILL");
    await untilGone(pid);
    // This very process answers signals, and it is no PostgreSQL.
    for (const path of [
      join(folder, "cluster", "postmaster.pid"),
      join(postgres.host, ".s.PGSQL.5432.lock"),
    ]) {
      await writeFile(path, (await readFile(path, "utf8")).replace(String(pid), String(process.ppid)));
    }
    const next = await start(folder);
    assert.equal(next.adopted, false);
    await Promise.all([postgres.close(), next.close()]);
    await assert.rejects(query(next, "SELECT 1"), /ENOENT|ECONNREFUSED/);
  });

  await t.test("the server stays while another process uses it, and goes with the last one", async () => {
    const lines: string[] = [];
    const postgres = await start(folder, lines);
    const pid = await serverPid(folder);
    const other = startElsewhere(folder);
    assert.deepEqual({ ...(await other.ready), host: "" }, { host: "", adopted: true, pid });
    await postgres.close();
    assert.match(lines.at(-1) ?? "", /another process uses it/);
    assert.notEqual(processMark(pid), undefined);
    await other.close();
    assert.equal(processMark(pid), undefined);
  });

  await t.test("a terminal's Ctrl-C does not reach the server: its group is its own", async () => {
    const postgres = await start(folder);
    const pid = await serverPid(folder);
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    if (stat !== undefined) {
      const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      assert.deepEqual([group, session], [String(pid), String(pid)]);
    }
    await postgres.close();
  });

  await t.test("a server behind a pid file that we cannot see is never doubled", async () => {
    const postgres = await start(folder);
    const pidFile = join(folder, "cluster", "postmaster.pid");
    const written = await readFile(pidFile, "utf8");
    // As from another container on the same volume: the pid means nothing here, the socket still answers.
    await writeFile(pidFile, written.replace(/^\d+/, String(process.pid)));
    await assert.rejects(start(folder), {
      code: "FAILED_PRECONDITION",
      message: /cannot see \(pid \d+ of another/,
    });
    await writeFile(pidFile, written);
    await postgres.close();
  });

  await t.test(
    "kill -9 of process and server at once, again and again, loses nothing committed",
    async () => {
      for (let round = 0; round < 2; round += 1) {
        const other = startElsewhere(folder);
        const { pid } = await other.ready;
        const postgres = await start(folder);
        await query(postgres, `CREATE TABLE round_${round} (n integer)`);
        await postgres.close();
        process.kill(pid, "SIGKILL"); // Its parent dies with it: here it may stay a zombie for a while.
        await other.kill();
      }
      const postgres = await start(folder);
      const rows = await query(
        postgres,
        "SELECT relname FROM pg_class WHERE relname LIKE 'round%' ORDER BY relname",
      );
      assert.deepEqual(
        rows.map(({ relname }) => relname),
        ["round_0", "round_1"],
      );
      await postgres.close();
    },
  );

  await t.test(
    "a moved folder keeps its data, and one too deep for a socket gets a private socket elsewhere",
    async () => {
      const deep = join(dirname(folder), "x".repeat(90));
      await rename(folder, deep);
      const postgres = await start(deep);
      assert.match(postgres.host, /orbweaver-socket-/);
      assert.equal((await stat(postgres.host)).mode & 0o777, 0o700);
      assert.deepEqual(await query(postgres, "SELECT n FROM kept ORDER BY n"), [{ n: 1 }, { n: 2 }]);
      await postgres.close();
      await assert.rejects(readdir(postgres.host), { code: "ENOENT" });
      await rename(deep, folder);
    },
  );

  await t.test("data of another major version are refused by name", async () => {
    await writeFile(join(folder, "cluster", "PG_VERSION"), "15\n");
    await assert.rejects(start(folder), {
      name: "DomainError",
      message: /written by PostgreSQL 15, .* is 18/,
    });
    assert.deepEqual(await readdir(join(folder, "leases")), []);
  });
});

test("two processes that start at once on an empty folder share one server", async () => {
  const folder = await temporaryFolder();
  const both = [startElsewhere(folder), startElsewhere(folder)];
  const ready = await Promise.all(both.map(async (other) => await other.ready));
  assert.equal(new Set(ready.map(({ pid }) => pid)).size, 1);
  assert.equal(ready.filter(({ adopted }) => adopted).length, 1);
  // Closing at once must not leave the server to nobody.
  await Promise.all(both.map(async (other) => await other.close()));
  await untilGone(ready[0]?.pid ?? 0);
  assert.deepEqual((await readdir(folder)).sort(), ["cluster", "leases", "server.log", "socket"]);
});

test("kill -9 during initdb leaves no half database", async () => {
  const folder = await temporaryFolder();
  const other = startElsewhere(folder);
  let unfinished: string | undefined;
  while (unfinished === undefined) {
    await delay(2);
    unfinished = (await readdir(folder)).find((name) => name.startsWith("initdb."));
  }
  await other.kill();
  assert.equal((await readdir(folder)).includes("cluster"), false);
  const postgres = await start(folder);
  assert.equal((await query(postgres, "SELECT 1 AS one")).length, 1);
  await postgres.close();
});

test(
  "root under a closed home keeps the database where the server's user can go",
  { skip: isRoot ? false : "needs root" },
  async () => {
    const folder = join(await temporaryFolder(0o700), "data");
    const postgres = await start(folder);
    await query(postgres, "CREATE TABLE kept (n integer)");
    const elsewhere = await readlink(join(folder, "elsewhere"));
    folders.push(elsewhere);
    await postgres.close();
    const next = await start(folder);
    assert.deepEqual(await query(next, "SELECT * FROM kept"), []);
    await next.close();

    // A database that lies here and became unreachable is not silently replaced by an empty one elsewhere.
    const stranded = join(await temporaryFolder(0o700), "data");
    await mkdir(join(stranded, "cluster"), { recursive: true });
    await chown(join(stranded, "cluster"), NOBODY.uid, NOBODY.gid);
    await assert.rejects(start(stranded), { message: /uid 65534, which owns .* can no longer enter/ });
  },
);

test(
  "an ordinary user runs the server as itself, and another one is told whose it is",
  { skip: isRoot ? false : "only root can switch to another user" },
  async () => {
    const folder = await temporaryFolder(0o755);
    await mkdir(join(folder, "data"));
    await chown(join(folder, "data"), NOBODY.uid, NOBODY.gid);
    const other = startElsewhere(join(folder, "data"), NOBODY);
    const { pid } = await other.ready;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => `Uid:\t${NOBODY.uid}`);
    assert.match(status, new RegExp(`^Uid:\\s+${NOBODY.uid}\\b`, "m"));
    await other.close();

    // Root serves it too, as its owner.
    const asRoot = await start(join(folder, "data"));
    assert.equal((await query(asRoot, "SELECT 1 AS one")).length, 1);
    await asRoot.close();

    const stranger = spawn(process.execPath, [program, join(folder, "data")], {
      uid: 65533,
      gid: 65533,
      cwd: "/",
      stdio: ["pipe", "ignore", "pipe"],
    });
    let complaint = "";
    stranger.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    await once(stranger, "close");
    assert.match(complaint, /belongs to uid 65534, this process runs as uid 65533/);
  },
);
