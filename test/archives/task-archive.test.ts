import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test, type TestContext } from "node:test";

import sharp from "sharp";

import { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from "../../src/archives/archive-limits.js";
import { inspectTaskArchive, readClassCentres, readTaskArchive } from "../../src/archives/task-archive.js";
import { DomainError } from "../../src/errors.js";
import { npyBytes, utf32 } from "../support/npy-bytes.js";
import { repositoryRoot } from "../support/paths.js";
import { temporaryFile } from "../support/temporary-file.js";
import { forgedZip, honestZip } from "../support/zip-bytes.js";

const GOLDEN = new URL("test/refs/archives/", repositoryRoot);
const golden = (file: string): string => fileURLToPath(new URL(file, GOLDEN));

/** A PNG of one colour. */
async function png(grey: number, width = 2, height = 1): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();
}

const LABELS = new BigInt64Array([1n, 0n, 1n]);
const IMAGES = Uint8Array.from({ length: 3 * 2 * 1 * 3 }, (_, i) => i);

/** The arrays of a small sound task, of which a case replaces or removes (null) some. */
function npz(changes: Readonly<Record<string, Buffer | null>> = {}): Promise<Buffer> {
  const arrays: Record<string, Buffer | null> = {
    images: npyBytes("|u1", [3, 2, 1, 3], IMAGES),
    labels: npyBytes("<i8", [3], LABELS),
    class_names: npyBytes("<U3", [2], utf32(["cat", "dog"], 3)),
    ...changes,
  };
  const kept = Object.entries(arrays).filter((entry): entry is [string, Buffer] => entry[1] !== null);
  return honestZip(Object.fromEntries(kept.map(([name, bytes]) => [`${name}.npy`, bytes])));
}

function centresNpz(centres: Buffer, names?: Buffer): Promise<Buffer> {
  return honestZip({ "centres.npy": centres, ...(names && { "class_names.npy": names }) });
}

/** Both doors must say the same: a bad archive is found before it is stored, and no later reader trusts that it was. */
async function refused(
  t: TestContext,
  bytes: Uint8Array,
  message: RegExp,
  limits: Partial<ArchiveLimits> = {},
  read: typeof readTaskArchive | typeof readClassCentres = readTaskArchive,
): Promise<void> {
  const path = await temporaryFile(t, bytes);
  for (const open of [inspectTaskArchive, read]) {
    await assert.rejects(open(path, { ...DEFAULT_ARCHIVE_LIMITS, ...limits }), (error) => {
      assert(error instanceof DomainError, String(error));
      assert.equal(error.code, "BAD_USER_INPUT");
      assert.match(error.message, message);
      return true;
    });
  }
}

// Zips of class folders

test("a zip of class folders becomes labelled images, sorted by class and path", async (t) => {
  const zip = await honestZip({
    "dogs/2.png": await png(40),
    "cats/b.png": await png(20),
    "dogs/10.png": await png(30),
    "cats/a.jpg": await png(10), // what a file is called says nothing
  });
  const path = await temporaryFile(t, zip);
  assert.deepEqual(await inspectTaskArchive(path, DEFAULT_ARCHIVE_LIMITS), {
    kind: "images",
    sampleCount: 4,
    classNames: ["cats", "dogs"],
    height: 1,
    width: 2,
    samplesPerClass: [2, 2],
  });
  assert.deepEqual(await readTaskArchive(path, DEFAULT_ARCHIVE_LIMITS), {
    count: 4,
    height: 1,
    width: 2,
    images: Uint8Array.from([10, 20, 30, 40].flatMap((grey) => Array<number>(6).fill(grey))),
    labels: Int32Array.of(0, 0, 1, 1),
    classNames: ["cats", "dogs"],
  });
});

test("the order of entries in the zip changes nothing", async (t) => {
  const entries: [string, Buffer][] = [
    ["b/1.png", await png(1)],
    ["a/2.png", await png(2)],
    ["a/1.png", await png(3)],
  ];
  const forwards = await temporaryFile(t, await honestZip(Object.fromEntries(entries)));
  const backwards = await temporaryFile(t, await honestZip(Object.fromEntries(entries.toReversed())));
  assert.deepEqual(
    await readTaskArchive(forwards, DEFAULT_ARCHIVE_LIMITS),
    await readTaskArchive(backwards, DEFAULT_ARCHIVE_LIMITS),
  );
});

test("one folder may lead all class folders, with the litter of a desktop around it", async (t) => {
  const zip = await honestZip({
    "pets/": null,
    "pets/.DS_Store": Buffer.from("x"),
    "pets/cats/": null,
    "pets/cats/a.png": await png(1),
    "pets/dogs/a.png": await png(2),
    "__MACOSX/pets/cats/._a.png": Buffer.from("x"),
  });
  const summary = await inspectTaskArchive(await temporaryFile(t, zip), DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual(summary.classNames, ["cats", "dogs"]);
});

test("class names are composed, and sorted by code units once composed", async (t) => {
  const zip = await honestZip({
    "e\u0301/a.png": await png(1), // decomposed: "e" and an accent, one code unit after "e"
    "f/a.png": await png(2),
    "Z/a.png": await png(3),
  });
  const { classNames, labels, images } = await readTaskArchive(
    await temporaryFile(t, zip),
    DEFAULT_ARCHIVE_LIMITS,
  );
  assert.deepEqual(classNames, ["Z", "f", "\u00e9"]);
  assert.deepEqual(labels, Int32Array.of(0, 1, 2));
  assert.deepEqual([images[0], images[6], images[12]], [3, 2, 1]);
});

test("class folders that are no task are refused with the entry and the rule", async (t) => {
  const a = await png(1);
  const cases: readonly [Record<string, Buffer | null>, RegExp][] = [
    [{ "cats/a.png": a }, /at least 2 classes, got only "cats"/],
    [{ "cats/": null }, /holds no image/],
    [{ "pets/cats/a.png": a, "pets/cats/b.png": a }, /at least 2 classes, got only "cats"/],
    [{ "cats/a.png": a, "dogs/": null }, /"dogs" \(index 1\) has no sample/],
    [{ "pets/cats/a.png": a, "pets/": null, "pets/dogs/": null }, /"dogs" \(index 1\) has no sample/],
    [
      { "cats/a.png": a, "dogs/b.png": a, "a.png": a },
      /"a\.png" lies outside every class folder; expected "class/,
    ],
    [
      { "p/cats/a.png": a, "p/dogs/b.png": a, "p/labels.csv": a },
      /"p\/labels\.csv" lies outside.*"p\/class\//,
    ],
    [{ "cats/a.png": a, "dogs/old/b.png": a }, /"dogs\/old\/b\.png" lies too deep/],
    [{ "cats/a.png": a, "dogs/b.txt": Buffer.from("hello") }, /"dogs\/b\.txt" is neither PNG nor JPEG/],
    [{ "cats/a.png": a, "dogs/more.zip": await honestZip({ a }) }, /"dogs\/more\.zip" is a zip; nested/],
    [{ "\u00e9/a.png": a, "e\u0301/a.png": a }, /"\u00e9" is there twice \(after Unicode NFC/],
    [{ "cats/a.png": a, " /b.png": a }, /blank/],
    [{ "cats/a.png": a, "d\u202eogs/b.png": a }, /"d\\u\{202e\}ogs" has control characters/],
    [{ "cats/a.png": a, [`${"d".repeat(101)}/b.png`]: a }, /has 101 characters; at most 100/],
  ];
  for (const [entries, message] of cases) await refused(t, await honestZip(entries), message);
});

test("images of two sizes are refused with one file of each", async (t) => {
  const zip = await honestZip({ "cats/a.png": await png(1, 4, 3), "dogs/b.png": await png(1, 3, 4) });
  await refused(t, zip, /"cats\/a\.png" has 4 x 3 pixels and "dogs\/b\.png" has 3 x 4/);
});

test("the limits on samples, classes and decoded bytes hold for folders", async (t) => {
  const zip = await honestZip({ "a/1.png": await png(1), "b/1.png": await png(1), "c/1.png": await png(1) });
  await refused(t, zip, /3 samples; at most 2/, { samples: 2 });
  await refused(t, zip, /3 classes; at most 2/, { classes: 2 });
  await refused(t, zip, /3 images of 2 x 1 take 18 bytes once decoded; at most 17/, { decodedBytes: 17 });
  await refused(t, zip, /"a\/1\.png" .*pixel/, { imagePixels: 1 });
});

// .npz with images

test("an .npz of numpy's becomes the labelled images it holds", async () => {
  const { task } = JSON.parse(await readFile(new URL("expected.json", GOLDEN), "utf8"));
  const read = await readTaskArchive(golden("task.npz"), DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual([read.count, read.height, read.width, 3], task.images.shape);
  assert.deepEqual(Array.from(read.images), task.images.values);
  assert.deepEqual(Array.from(read.labels), task.labels.values);
  assert.deepEqual(read.classNames, task.class_names.values);
  assert.deepEqual(await inspectTaskArchive(golden("task.npz"), DEFAULT_ARCHIVE_LIMITS), {
    kind: "images",
    sampleCount: 6,
    classNames: ["apple", "böhm", "桜🌸"],
    height: 3,
    width: 2,
    samplesPerClass: [2, 2, 2],
  });
});

test("labels without class names become indices in ascending order of their value", async (t) => {
  const values = Int16Array.of(700, -3, 20);
  const zip = await npz({ class_names: null, labels: npyBytes("<i2", [3], values) });
  const { labels, classNames } = await readTaskArchive(await temporaryFile(t, zip), DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual(labels, Int32Array.of(2, 0, 1));
  assert.deepEqual(classNames, ["-3", "20", "700"]);
});

test("labels of every integer type are read", async (t) => {
  const typed = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array];
  const codes = ["|u1", "|i1", "<u2", "<i2", "<u4", "<i4"];
  const payloads: [string, ArrayBufferView][] = typed.map((Type, i) => [codes[i]!, Type.of(1, 0, 1)]);
  payloads.push(["<u8", BigUint64Array.of(1n, 0n, 1n)], ["<i8", LABELS]);
  for (const [code, payload] of payloads) {
    const path = await temporaryFile(t, await npz({ labels: npyBytes(code, [3], payload) }));
    const { labels } = await readTaskArchive(path, DEFAULT_ARCHIVE_LIMITS);
    assert.deepEqual(labels, Int32Array.of(1, 0, 1), code);
  }
});

test("arrays beside a task's own stay unread", async (t) => {
  const path = await temporaryFile(t, await npz({ split: npyBytes("|O", [1], Uint8Array.of(0x2e)) }));
  assert.equal((await readTaskArchive(path, DEFAULT_ARCHIVE_LIMITS)).count, 3);
});

test("an .npz that is no task is refused with the array and the rule", async (t) => {
  const names = (...texts: string[]): Buffer => npyBytes("<U3", [texts.length], utf32(texts, 3));
  const cases: readonly [Record<string, Buffer | null>, RegExp][] = [
    [{ images: null }, /no array "images"/],
    [{ labels: null }, /no array "labels"/],
    [
      { images: npyBytes("<f4", [3, 2, 1, 3], new Float32Array(18)) },
      /"images" has dtype f4; expected uint8/,
    ],
    [
      { images: npyBytes("|u1", [3, 3, 2, 1], IMAGES) },
      /"images" has shape \[3, 3, 2, 1\]; expected \[n, height/,
    ],
    [{ images: npyBytes("|u1", [6, 3], IMAGES) }, /"images" has shape \[6, 3\]/],
    [{ images: npyBytes("|u1", [0, 2, 1, 3], new Uint8Array()) }, /nothing empty/],
    [{ images: names("a", "b") }, /"images" holds texts \(dtype U3\)/],
    [{ images: npyBytes("|O", [3], new Uint8Array(9)) }, /"images" holds Python objects/],
    [
      { labels: npyBytes("<f8", [3], Float64Array.of(0, 1, NaN)) },
      /"labels" has dtype f8; expected integers/,
    ],
    [{ labels: npyBytes("<i8", [2], LABELS.subarray(1)) }, /"labels" has shape \[2\]; expected \[3\]/],
    [{ labels: npyBytes("<i8", [3, 1], LABELS) }, /"labels" has shape \[3, 1\]/],
    [{ labels: npyBytes("<i8", [3], BigInt64Array.of(0n, 2n, 1n)) }, /holds 2 at index 1; .*in \[0, 2\)/],
    [{ labels: npyBytes("<i8", [3], BigInt64Array.of(0n, 1n, -1n)) }, /holds -1 at index 2/],
    [{ labels: npyBytes("<i8", [3], BigInt64Array.of(0n, 1n, 2n ** 62n)) }, /holds 4611686018427387904 at/],
    [{ labels: npyBytes("<i8", [3], BigInt64Array.of(0n, 0n, 0n)) }, /"dog" \(index 1\) has no sample/],
    [
      { labels: npyBytes("|u1", [3], new Uint8Array(3)), class_names: null },
      /at least 2 classes, got only "0"/,
    ],
    [{ class_names: names("cat", "cat") }, /"cat" is there twice/],
    [{ class_names: names("cat") }, /at least 2 classes/],
    [{ class_names: npyBytes("<i4", [2], Int32Array.of(0, 1)) }, /"class_names" is i4 of shape \[2\]/],
    [{ centres: npyBytes("<f4", [2, 1], Float32Array.of(1, 2)) }, /centres/],
  ];
  for (const [changes, message] of cases) await refused(t, await npz(changes), message);
  await refused(t, await readFile(golden("objects.npz")), /"images" holds Python objects/);
});

test("a stranger inside an .npz is refused", async (t) => {
  const zip = await honestZip({ "labels.npy": npyBytes("<i8", [3], LABELS), "setup.py": Buffer.from("x") });
  await refused(t, zip, /"setup\.py" has no place in an \.npz/);
  const nested = await honestZip({ "labels.npy": npyBytes("<i8", [3], LABELS), "more/": null });
  await refused(t, nested, /"more" has no place in an \.npz/);
});

test("the limits on samples, classes, pixels and decoded bytes hold for arrays", async (t) => {
  const zip = await npz({ class_names: null });
  await refused(t, zip, /3 samples; at most 2/, { samples: 2 });
  await refused(t, zip, /more than 1 distinct values/, { classes: 1 });
  await refused(t, zip, /1 x 2 pixels; at most 1/, { imagePixels: 1 });
  await refused(t, zip, /take 18 bytes once decoded/, { decodedBytes: 17 });
});

test("a pickle that is called .npz is never opened", async (t) => {
  const pickle = Buffer.from(
    "\u0080\u0004\u0095\u0005\u0000\u0000\u0000\u0000\u0000\u0000\u0000]\u0094.",
    "latin1",
  );
  await refused(t, pickle, /Python pickle, which is never opened/);
  const inside = await honestZip({ "images.npy": pickle, "labels.npy": npyBytes("<i8", [3], LABELS) });
  await refused(t, inside, /"images" begins with 80 04 95/);
});

test("an .npz bomb is refused before its array is made", async (t) => {
  const zip = forgedZip([{ path: "images.npy", content: new Uint8Array(8 * 2 ** 20) }]);
  await refused(t, zip, /"images\.npy" declares to inflate/);
});

// .npz with class centres

test("class centres of numpy's become a matrix in float32", async () => {
  const expected = JSON.parse(await readFile(new URL("expected.json", GOLDEN), "utf8")).centres;
  const { centres, classNames } = await readClassCentres(golden("centres.npz"), DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual([centres.rows, centres.columns], expected.shape);
  assert.deepEqual(Array.from(centres.values), expected.values);
  assert.deepEqual(classNames, ["apple", "böhm", "桜🌸"]);
  assert.deepEqual(await inspectTaskArchive(golden("centres.npz"), DEFAULT_ARCHIVE_LIMITS), {
    kind: "centres",
    sampleCount: 0,
    classNames,
    featureWidth: 5,
  });
});

test("class centres that are no task are refused", async (t) => {
  const f4 = (shape: number[], ...values: number[]): Buffer =>
    npyBytes("<f4", shape, Float32Array.from(values));
  const name = npyBytes("<U1", [1], utf32(["a"], 1));
  const two = npyBytes("<U1", [2], utf32(["a", "b"], 1));
  const cases: readonly [Promise<Buffer>, RegExp][] = [
    [centresNpz(f4([1, 2], 1, 2)), /at least 2 classes/],
    [centresNpz(f4([2, 2], 1, 2, NaN, 4)), /finite float32 values, got NaN in centre 1 at dimension 0/],
    [centresNpz(f4([2, 1], 1, Infinity)), /got Infinity in centre 1/],
    [centresNpz(npyBytes("<f8", [2, 1], Float64Array.of(1e300, 0))), /got 1e\+300 in centre 0/],
    [centresNpz(npyBytes("<i4", [2, 1], Int32Array.of(1, 0))), /"centres" is i4 of shape \[2, 1\]/],
    [centresNpz(f4([2], 1, 2)), /expected float32 or float64 of shape \[C, width\]/],
    [centresNpz(f4([2, 0])), /have 0 dimensions/],
    [centresNpz(f4([2, 1], 1, 2), name), /at least 2 classes/],
    [centresNpz(f4([3, 1], 1, 2, 3), two), /each of the 3 class centres, got 2 names/],
  ];
  for (const [zip, message] of cases) await refused(t, await zip, message, {}, readClassCentres);
  const wide = await centresNpz(f4([2, 3], 1, 2, 3, 4, 5, 6));
  await refused(t, wide, /3 dimensions; expected 1 to 2/, { centreWidth: 2 }, readClassCentres);
  await refused(t, wide, /2 rows; at most 1/, { classes: 1 }, readClassCentres);
});

test("images and class centres are not read in each other's place", async (t) => {
  await assert.rejects(readTaskArchive(golden("centres.npz"), DEFAULT_ARCHIVE_LIMITS), /holds class centres/);
  await assert.rejects(readClassCentres(golden("task.npz"), DEFAULT_ARCHIVE_LIMITS), /no array "centres"/);
  const folders = await temporaryFile(
    t,
    await honestZip({ "a/1.png": await png(1), "b/1.png": await png(1) }),
  );
  await assert.rejects(
    readClassCentres(folders, DEFAULT_ARCHIVE_LIMITS),
    /holds images; expected class centres/,
  );
});
