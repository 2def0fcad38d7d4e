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

test("what was written is there, under its digest alone, and comes back byte for byte", async () => {
  const root = await freshRoot();
  const store = new LocalDiskStore(root);
  assert.equal(await store.has(ABC_SHA256), false);
  const written = await store.write(ABC_SHA256, Readable.from([Buffer.from("a"), Buffer.from("bc")]), LIMITS);
  assert.deepEqual(written, { sizeBytes: 3, created: true });
  assert.equal(await store.sizeOf(ABC_SHA256), 3);
  assert.equal(await store.path(ABC_SHA256), join(root, "ba", ABC_SHA256));
  assert.deepEqual(Buffer.from(await store.read(ABC_SHA256)), ABC);
  assert.deepEqual(Buffer.concat(await (await store.open(ABC_SHA256)).toArray()), ABC);
  assert.deepEqual(await filesBelow(root), [ABC_SHA256]);
});

test("an empty artifact is an artifact", async () => {
  const store = new LocalDiskStore(await freshRoot());
  const written = await store.write(sha256Of(new Uint8Array()), Readable.from([]), LIMITS);
  assert.deepEqual(written, { sizeBytes: 0, created: true });
});

test("writing twice is no error, and the second source is left unread", async () => {
  const store = new LocalDiskStore(await freshRoot());
  await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
  const second = Readable.from([ABC]);
  assert.deepEqual(await store.write(ABC_SHA256, second, LIMITS), { sizeBytes: 3, created: false });
  assert.equal(second.readableDidRead, false);
});

test("twenty writers of one digest at once all succeed and leave one file", async () => {
  const root = await freshRoot();
  const store = new LocalDiskStore(root);
  const bytes = Buffer.alloc(300_000, 7);
  const sources = Array.from({ length: 20 }, () =>
    Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
  );
  await Promise.all(sources.map(async (source) => await store.write(sha256Of(bytes), source, LIMITS)));
  assert.deepEqual(await filesBelow(root), [sha256Of(bytes)]);
  assert.equal((await store.read(sha256Of(bytes))).byteLength, 300_000);
});

test("other bytes, too many bytes and a source that breaks are refused and leave nothing", async () => {
  const root = await freshRoot();
  const store = new LocalDiskStore(root);
  await assert.rejects(store.write(ABC_SHA256, Readable.from([Buffer.from("abd")]), LIMITS), {
    code: "BAD_USER_INPUT",
    message: /^artifact: 3 bytes with sha256 a52d159f.* came, expected sha256 ba7816bf/,
  });
  const tooLong = Readable.from(Array.from({ length: 50 }, () => ABC));
  await assert.rejects(store.write(ABC_SHA256, tooLong, { maxBytes: 5 }), {
    code: "BAD_USER_INPUT",
    message: "artifact is larger than the limit of 5 bytes",
  });
  assert.equal(tooLong.destroyed, false);
  const broken = Readable.from(
    (function* () {
      yield ABC;
      throw new Error("cable pulled");
    })(),
  );
  await assert.rejects(store.write(ABC_SHA256, broken, LIMITS), {
    code: "BAD_USER_INPUT",
    message: "artifact: the upload was cut before its end",
  });
  assert.deepEqual(await filesBelow(root), []);
  // ... and the same digest can be written afterwards.
  assert.equal((await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS)).created, true);
});

test("no text but a digest reaches the disk", async () => {
  const store = new LocalDiskStore(await freshRoot());
  const strange = [
    "",
    "abc",
    `../${ABC_SHA256}`,
    ABC_SHA256.toUpperCase(),
    `${ABC_SHA256}\n`,
    `${ABC_SHA256}/..`,
    "\0",
  ];
  for (const key of strange) {
    const refusal = {
      code: "BAD_USER_INPUT",
      message: /sha256 must be 64 lower-case hexadecimal digits, got "/,
    };
    await assert.rejects(store.write(key, Readable.from([ABC]), LIMITS), refusal);
    for (const use of [
      store.has(key),
      store.open(key),
      store.path(key),
      store.read(key),
      store.delete(key),
    ]) {
      await assert.rejects(use, refusal);
    }
  }
});

test("what is not stored is NOT_FOUND to readers and nothing to delete", async () => {
  const store = new LocalDiskStore(await freshRoot());
  for (const use of [store.open(ABC_SHA256), store.path(ABC_SHA256), store.read(ABC_SHA256)]) {
    await assert.rejects(use, { code: "NOT_FOUND" });
  }
  await store.delete(ABC_SHA256);
  await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
  await store.delete(ABC_SHA256);
  assert.equal(await store.has(ABC_SHA256), false);
});

test("bytes that changed on the disk are noticed by read", async () => {
  const store = new LocalDiskStore(await freshRoot());
  await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
  await writeFile(await store.path(ABC_SHA256), "abd");
  await assert.rejects(store.read(ABC_SHA256), /artifact ba7816bf.* is damaged/);
});

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
