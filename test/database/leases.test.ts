import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isLeaseHeld, takeLease } from "../../src/database/leases.js";

const folder = await mkdtemp(join(tmpdir(), "orbweaver-leases-"));
after(async () => await rm(folder, { recursive: true, force: true }));

test("a lease is held until its release, and only as its kind", async () => {
  const lease = await takeLease(folder, "use");
  assert.equal(await isLeaseHeld(folder, "use"), true);
  assert.equal(await isLeaseHeld(folder, "stop"), false);
  await lease.release();
  assert.equal(await isLeaseHeld(folder, "use"), false);
});

test("the leases of one process count one by one", async () => {
  const [first, second] = [await takeLease(folder, "use"), await takeLease(folder, "use")];
  await first.release();
  assert.equal(await isLeaseHeld(folder, "use"), true);
  await second.release();
  assert.equal(await isLeaseHeld(folder, "use"), false);
});

test("the lease of a dead process counts for nothing and is cleared away", async () => {
  await writeFile(join(folder, `use.${process.pid}-1.left-behind`), ""); // Our pid, but another start.
  await writeFile(join(folder, "use.4194999-1.left-behind"), ""); // Above the largest pid of Linux.
  assert.equal(await isLeaseHeld(folder, "use"), false);
  assert.deepEqual(await readdir(folder), []);
});
