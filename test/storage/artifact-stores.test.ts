import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";

import { ArtifactCache } from "../../src/storage/artifact-cache.js";
import type { ArtifactStore } from "../../src/storage/artifact-store.js";
import { LocalDiskStore } from "../../src/storage/local-disk.js";
import { S3Store } from "../../src/storage/s3.js";
import { S3Server } from "../support/s3-server.js";

/** An empty store, and what lies in it: finished artifacts by their digest, unfinished ones by whatever they are called. */
interface OpenedStore {
  readonly store: ArtifactStore;
  readonly stored: () => Promise<string[]>;
  /** Replaces the bytes of an artifact behind the store's back. */
  readonly damage: (sha256: string, bytes: string) => Promise<void>;
}

const scratch = await mkdtemp(join(tmpdir(), "orbweaver-stores-"));
let count = 0;
Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "a-secret-of-the-test",
});
const server = new S3Server();
const endpoint = await server.listen();
const opened: S3Store[] = [];
after(async () => {
  for (const store of opened) store.close();
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

async function openLocalDisk(): Promise<OpenedStore> {
  const root = join(scratch, String((count += 1)));
  await mkdir(root);
  const store = new LocalDiskStore(root);
  return {
    store,
    stored: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    damage: async (sha256, bytes) => writeFile(await store.path(sha256), bytes),
  };
}

async function openS3(): Promise<OpenedStore> {
  const prefix = `orb/${(count += 1)}/`;
  const cache = new ArtifactCache(join(scratch, String(count)), 2 ** 30);
  const store = new S3Store({ bucket: "models", prefix, endpoint }, cache);
  opened.push(store);
  const key = `models/${prefix}`;
  return {
    store,
    stored: async () =>
      [...server.objects.keys(), ...[...server.uploads.values()].map((upload) => `unfinished ${upload.key}`)]
        .filter((name) => name.includes(key))
        .map((name) => name.replace(key, "")),
    damage: async (sha256, bytes) => void server.objects.set(`${key}${sha256}`, Buffer.from(bytes)),
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

// NIST's example for SHA-256, FIPS 180-2 appendix B.1.
const ABC = Buffer.from("abc");
const ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const LIMITS = { maxBytes: 1 << 20 };
const MEBIBYTE = 1024 * 1024;

for (const [name, open] of Object.entries({ "local disk": openLocalDisk, S3: openS3 })) {
  test(`${name}: what was written is there, under its digest alone, and comes back byte for byte`, async () => {
    const { store, stored } = await open();
    assert.equal(await store.has(ABC_SHA256), false);
    const written = await store.write(
      ABC_SHA256,
      Readable.from([Buffer.from("a"), Buffer.from("bc")]),
      LIMITS,
    );
    assert.deepEqual(written, { sizeBytes: 3, created: true });
    assert.equal(await store.sizeOf(ABC_SHA256), 3);
    assert.deepEqual(await readFile(await store.path(ABC_SHA256)), ABC);
    assert.deepEqual(Buffer.from(await store.read(ABC_SHA256)), ABC);
    assert.deepEqual(Buffer.concat(await (await store.open(ABC_SHA256)).toArray()), ABC);
    assert.deepEqual(await stored(), [ABC_SHA256]);
  });

  test(`${name}: an empty artifact is an artifact`, async () => {
    const { store } = await open();
    const written = await store.write(sha256Of(new Uint8Array()), Readable.from([]), LIMITS);
    assert.deepEqual(written, { sizeBytes: 0, created: true });
  });

  test(`${name}: writing twice is no error, and the second source is left unread`, async () => {
    const { store } = await open();
    await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
    const second = Readable.from([ABC]);
    assert.deepEqual(await store.write(ABC_SHA256, second, LIMITS), { sizeBytes: 3, created: false });
    assert.equal(second.readableDidRead, false);
  });

  test(`${name}: twenty writers of one digest at once all succeed and leave one file`, async () => {
    const { store, stored } = await open();
    const bytes = Buffer.alloc(300_000, 7);
    const sources = Array.from({ length: 20 }, () =>
      Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
    );
    await Promise.all(sources.map(async (source) => await store.write(sha256Of(bytes), source, LIMITS)));
    assert.deepEqual(await stored(), [sha256Of(bytes)]);
    assert.equal((await store.read(sha256Of(bytes))).byteLength, 300_000);
  });

  test(`${name}: other bytes, too many bytes and a source that breaks are refused and leave nothing`, async () => {
    const { store, stored } = await open();
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
    assert.deepEqual(await stored(), []);
    // ... and the same digest can be written afterwards.
    assert.equal((await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS)).created, true);
  });

  test(`${name}: no text but a digest reaches the disk`, async () => {
    const { store } = await open();
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

  test(`${name}: what is not stored is NOT_FOUND to readers and nothing to delete`, async () => {
    const { store } = await open();
    for (const use of ["open", "path", "read"] as const) {
      await assert.rejects(store[use](ABC_SHA256), { code: "NOT_FOUND" });
    }
    await store.delete(ABC_SHA256);
    await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
    await store.delete(ABC_SHA256);
    assert.equal(await store.has(ABC_SHA256), false);
  });

  test(`${name}: an artifact of many parts comes back whole, from a source that is read no faster than it is stored`, async () => {
    const { store, stored } = await open();
    const piece = Buffer.alloc(MEBIBYTE, 3);
    const hash = createHash("sha256");
    for (let i = 0; i < 20; i++) hash.update(piece);
    const digest = hash.digest("hex");
    const source = Readable.from(Array.from({ length: 20 }, () => piece));
    const written = await store.write(digest, source, { maxBytes: 100 * MEBIBYTE });
    assert.deepEqual(written, { sizeBytes: 20 * MEBIBYTE, created: true });
    assert.equal(sha256Of(await store.read(digest)), digest);
    assert.equal((await readFile(await store.path(digest))).length, 20 * MEBIBYTE);
    assert.deepEqual(await stored(), [digest]);
  });

  test(`${name}: a large artifact with a wrong byte at its very end leaves nothing`, async () => {
    const { store, stored } = await open();
    const piece = Buffer.alloc(MEBIBYTE, 5);
    const source = Readable.from([...Array.from({ length: 20 }, () => piece), Buffer.from("x")]);
    const announced = sha256Of(Buffer.alloc(20 * MEBIBYTE, 5));
    await assert.rejects(store.write(announced, source, { maxBytes: 100 * MEBIBYTE }), {
      code: "BAD_USER_INPUT",
    });
    assert.deepEqual(await stored(), []);
  });

  test(`${name}: bytes that changed in the storage are noticed by read`, async () => {
    const { store, damage } = await open();
    await store.write(ABC_SHA256, Readable.from([ABC]), LIMITS);
    await damage(ABC_SHA256, "abd");
    await assert.rejects(store.read(ABC_SHA256), /artifact ba7816bf.* is damaged/);
  });
}
