import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, afterEach, test } from "node:test";

import { ArtifactCache } from "../../src/storage/artifact-cache.js";
import { S3Store } from "../../src/storage/s3.js";
import { S3Server } from "../support/s3-server.js";

const scratch = await mkdtemp(join(tmpdir(), "orbweaver-s3-"));
Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "a-secret-of-the-test",
  AWS_MAX_ATTEMPTS: "1",
});
const server = new S3Server();
const endpoint = await server.listen();
const cacheRoot = join(scratch, "cache");
const store = new S3Store({ bucket: "models", prefix: "orb/", endpoint }, new ArtifactCache(cacheRoot, 25));
after(async () => {
  store.close();
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});
afterEach(() => {
  server.refuse = undefined;
  server.objects.clear();
  server.uploads.clear();
});

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function keep(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const digest = sha256Of(bytes);
  await store.write(digest, Readable.from([bytes]), { maxBytes: 1000 });
  return digest;
}

test("a link reads one artifact without a key, as a download, and lies under its prefix", async () => {
  const digest = await keep("abc");
  assert.deepEqual([...server.objects.keys()], [`models/orb/${digest}`]);
  const link = await store.downloadUrl(digest);
  const response = await fetch(link);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "abc");
  assert.equal(response.headers.get("content-disposition"), `attachment; filename="${digest}"`);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.equal((await fetch(link.split("?")[0]!)).status, 403);
  assert.ok(Number(new URL(link).searchParams.get("X-Amz-Expires")) <= 600);
});

test("no part of an upload is larger than eight mebibytes, however large the artifact", async () => {
  const piece = Buffer.alloc(3 * 1024 * 1024, 1);
  const bytes = Buffer.concat(Array.from({ length: 8 }, () => piece));
  server.largestBody = 0;
  await store.write(sha256Of(bytes), Readable.from(Array.from({ length: 8 }, () => piece)), {
    maxBytes: 2 ** 30,
  });
  assert.equal(server.largestBody, 8 * 1024 * 1024);
});

test("a service that is away is UNAVAILABLE, one that refuses our key is not", async () => {
  server.refuse = () => 503;
  await assert.rejects(store.has("0".repeat(64)), { code: "UNAVAILABLE" });
  await assert.rejects(keep("abc"), { code: "UNAVAILABLE" });
  server.refuse = () => 403;
  await assert.rejects(store.has("0".repeat(64)), (error: Error) => !("code" in error));
  const nowhere = new S3Store(
    { bucket: "models", prefix: "", endpoint: "http://127.0.0.1:1" },
    new ArtifactCache(join(scratch, "nowhere"), 25),
  );
  await assert.rejects(nowhere.has("0".repeat(64)), { code: "UNAVAILABLE" });
  nowhere.close();
});

test("bytes that are not those announced are refused as that, also where their parts cannot be dropped", async () => {
  server.refuse = ({ method }) => (method === "DELETE" ? 503 : undefined);
  const source = Readable.from([Buffer.alloc(20 * 1024 * 1024, 4)]);
  await assert.rejects(store.write("0".repeat(64), source, { maxBytes: 2 ** 30 }), {
    code: "BAD_USER_INPUT",
  });
  assert.equal(server.objects.size, 0);
});

test("an upload whose completion is refused leaves no parts behind", async () => {
  const bytes = Buffer.alloc(20 * 1024 * 1024, 9);
  server.refuse = ({ method, url }) => (method === "POST" && url?.includes("uploadId=") ? 400 : undefined);
  await assert.rejects(store.write(sha256Of(bytes), Readable.from([bytes]), { maxBytes: 2 ** 30 }));
  assert.deepEqual([server.objects.size, server.uploads.size], [0, 0]);
});

test("sweepTemporary ends uploads that killed processes left a day ago, on every page of the list, and spares others", async () => {
  const age = (hours: number): Date => new Date(Date.now() - hours * 3600 * 1000);
  for (const [key, hours] of [
    ["a", 25],
    ["b", 1],
    ["c", 30],
    ["d", 26],
    ["e", 2],
  ] as const) {
    server.uploads.set(randomUUID(), { key: `models/orb/${key}`, initiated: age(hours), parts: new Map() });
  }
  server.uploads.set("foreign", { key: "models/other/f", initiated: age(50), parts: new Map() });
  assert.equal(await store.sweepTemporary(), 3);
  assert.deepEqual([...server.uploads.values()].map(({ key }) => key).sort(), [
    "models/orb/b",
    "models/orb/e",
    "models/other/f",
  ]);
});

test("a file is fetched once for all who want it, and a damaged one never becomes a file", async () => {
  const digest = await keep("fetched once");
  let reads = 0;
  server.refuse = ({ method }) => void (method === "GET" && reads++);
  const paths = await Promise.all(Array.from({ length: 5 }, () => store.path(digest)));
  assert.equal(new Set(paths).size, 1);
  assert.equal(reads, 1);
  await store.path(digest);
  assert.equal(reads, 1);

  const other = await keep("damaged");
  server.objects.set(`models/orb/${other}`, Buffer.from("other bytes"));
  await assert.rejects(store.path(other), /with sha256 .* came, expected/);
  assert.deepEqual(await readdir(join(cacheRoot, "incoming")), []);
});

test("the cache drops what was not asked for the longest when it is full, and nothing that may be in use", async () => {
  const [old, older, recent] = [
    await keep("ten bytes 1"),
    await keep("ten bytes 2"),
    await keep("ten bytes 3"),
  ];
  for (const [digest, minutes] of [
    [old, 20],
    [older, 40],
  ] as const) {
    const usedAt = Date.now() / 1000 - 60 * minutes;
    await utimes(await store.path(digest), usedAt, usedAt);
  }
  await store.path(recent);
  const names = (await readdir(cacheRoot, { recursive: true })).filter((name) => name.length > 60);
  const kept = (digest: string): boolean => names.some((name) => name.endsWith(digest));
  assert.deepEqual([kept(older), kept(recent)], [false, true]);
});
