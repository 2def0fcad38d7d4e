import assert from "node:assert/strict";
import { chmod, cp, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { findNativeFolder, preparePostgresBinaries } from "../../src/database/postgres-binaries.js";

const NOBODY = { uid: 65534, gid: 65534 };
const scratch = await mkdtemp(join(tmpdir(), "orbweaver-binaries-"));
after(async () => await rm(scratch, { recursive: true, force: true }));
await chmod(scratch, 0o755);

test("programs that the server's user can reach run where npm put them, links included", async () => {
  const native = findNativeFolder();
  const binaries = await preparePostgresBinaries(native, scratch, undefined, assert.fail);
  assert.equal(binaries.binFolder, join(native, "bin"));
  assert.match(binaries.version, /^18\./);
});

test(
  "programs under a closed folder, unlinked and unreadable, are copied once to where the user can run them",
  { skip: process.getuid?.() === 0 ? false : "only root can switch to another user" },
  async () => {
    const closed = join(scratch, "closed");
    await mkdir(closed, { mode: 0o700 });
    for (const part of ["package.json", "native"]) {
      await cp(join(dirname(findNativeFolder()), part), join(closed, part), {
        recursive: true,
        filter: (source) => !/\.so(\.\d+)?$/.test(source) || !source.includes("libicu"),
      });
    }
    await chmod(join(closed, "native", "bin", "postgres"), 0o700);
    const home = join(scratch, "home");
    await mkdir(home);
    const lines: string[] = [];
    const first = await preparePostgresBinaries(join(closed, "native"), home, NOBODY, (line) =>
      lines.push(line),
    );
    assert.equal(dirname(dirname(first.binFolder)), home);
    assert.equal((await stat(join(first.binFolder, "postgres"))).mode & 0o777, 0o755);
    assert.equal(lines.length, 1);
    assert.deepEqual(await preparePostgresBinaries(join(closed, "native"), home, NOBODY, assert.fail), first);
  },
);

test("programs that cannot run here say what they need and what to do instead", async () => {
  const broken = join(scratch, "broken", "native");
  for (const part of ["bin", "lib", "share"]) await mkdir(join(broken, part), { recursive: true });
  await writeFile(join(broken, "..", "package.json"), '{"version":"0"}');
  await writeFile(join(broken, "pg-symlinks.json"), "[]");
  // What a program for another C library looks like to the kernel: its loader does not exist.
  await writeFile(join(broken, "bin", "initdb"), "#!/lib/ld-of-another-libc\n", { mode: 0o755 });
  await assert.rejects(
    preparePostgresBinaries(broken, scratch, undefined, () => undefined),
    {
      name: "DomainError",
      code: "FAILED_PRECONDITION",
      message: /does not run on this machine \(spawn .* ENOENT\); it needs glibc .* set DATABASE_URL/,
    },
  );
});

test("a platform without a package is told to bring its own server", () => {
  const { arch } = process;
  Object.defineProperty(process, "arch", { value: "riscv64" });
  try {
    assert.throws(findNativeFolder, {
      code: "FAILED_PRECONDITION",
      message:
        /no embedded PostgreSQL for \w+-riscv64 .* set DATABASE_URL to a PostgreSQL server, version 14 or later/,
    });
  } finally {
    Object.defineProperty(process, "arch", { value: arch });
  }
});
