import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { processMark } from "../../src/process-mark.js";
import { LocalDiskStore } from "../../src/storage/local-disk.js";

const scratch = await mkdtemp(join(tmpdir(), "orbweaver-store-"));
after(async () => await rm(scratch, { recursive: true, force: true }));
let count = 0;

async function freshRoot(): Promise<string> {
  const root = join(scratch, String((count += 1)));
  await mkdir(root);
  return root;
}

/** Every file below the root, unfinished ones included. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

// NIST's example for SHA-256, FIPS 180-2 appendix B.1.
const ABC = Buffer.from("abc");
const ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const LIMITS = { maxBytes: 1 << 20 };

test("sweepTemporary removes what dead writers left and spares the living", async () => {
  const root = await freshRoot();
  const store = new LocalDiskStore(root);
  assert.equal(await store.sweepTemporary(), 0);

  const dead = spawn(process.execPath, ["-e", ""]);
  const deadMark = processMark(dead.pid ?? 0);
  await once(dead, "exit");
  const incoming = join(root, "incoming");
  await mkdir(incoming);
  const names = {
    dead: `${hostname()}.${deadMark}.1`,
    living: `${hostname()}.${processMark(process.pid)}.1`,
    foreignOld: `other.example.org.${deadMark}.1`,
    foreignNew: `other.example.org.${deadMark}.2`,
  };
  for (const name of Object.values(names)) await writeFile(join(incoming, name), "part");
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  await utimes(join(incoming, names.foreignOld), twoDaysAgo, twoDaysAgo);

  assert.equal(await store.sweepTemporary(), 2);
  assert.deepEqual((await readdir(incoming)).sort(), [names.living, names.foreignNew].sort());
});

test("a full disk is RESOURCE_EXHAUSTED, leaves nothing, and is usable again once there is space", async (t) => {
  const root = await freshRoot();
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", root]).status === 0;
  if (!mounted) {
    t.skip("no right to mount a small file system here");
    return;
  }
  try {
    const store = new LocalDiskStore(root);
    const large = Buffer.alloc(3 << 20, 1);
    await assert.rejects(store.write(sha256Of(large), Readable.from([large]), { maxBytes: 1 << 30 }), {
      code: "RESOURCE_EXHAUSTED",
      message: "artifact: no space is left in the artifact storage",
    });
    assert.deepEqual(await filesBelow(root), []);
    assert.equal((await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS)).created, true);
    assert.equal((await stat(await store.path(ABC_SHA256))).size, 3);
  } finally {
    spawnSync("umount", [root]);
  }
});
