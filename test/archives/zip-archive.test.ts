import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";

import { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from "../../src/archives/archive-limits.js";
import { withZip } from "../../src/archives/zip-archive.js";
import { DomainError } from "../../src/errors.js";
import { temporaryFile } from "../support/temporary-file.js";
import { directoryEnd, forgedZip, honestZip, type ForgedEntry } from "../support/zip-bytes.js";
import { fc } from "../support/properties.js";

const HELLO = Buffer.from("hello hello hello");

/** Reads every entry, as a caller would who trusts nobody. */
async function readAll(path: string, limits: ArchiveLimits): Promise<Record<string, string>> {
  return withZip(path, limits, async ({ files }) => {
    const contents: Record<string, string> = {};
    for (const file of files) contents[file.path] = Buffer.from(await file.read()).toString();
    return contents;
  });
}

async function refused(
  t: TestContext,
  bytes: Uint8Array,
  message: RegExp,
  limits: Partial<ArchiveLimits> = {},
): Promise<void> {
  const path = await temporaryFile(t, bytes);
  await assert.rejects(readAll(path, { ...DEFAULT_ARCHIVE_LIMITS, ...limits }), (error) => {
    assert(error instanceof DomainError, String(error));
    assert.equal(error.code, "BAD_USER_INPUT");
    assert.match(error.message, message);
    return true;
  });
}

// Worked by hand

test("withZip lists files and folders of an honest zip and reads them", async (t) => {
  const zip = await honestZip({ "cats/": null, "cats/a.png": HELLO, "dogs/b.png": new Uint8Array() });
  const path = await temporaryFile(t, zip);
  await withZip(path, DEFAULT_ARCHIVE_LIMITS, async ({ files, folders }) => {
    assert.deepEqual(folders, ["cats"]);
    assert.deepEqual(
      files.map((file) => file.path),
      ["cats/a.png", "dogs/b.png"],
    );
    assert.deepEqual(Buffer.from(await files[0]!.read()), HELLO);
    assert.equal((await files[1]!.read()).length, 0);
  });
});

test("withZip reads stored entries and the forged writer's true ones", async (t) => {
  const zip = forgedZip([
    { path: "a", content: HELLO, stored: true },
    { path: "b", content: HELLO },
  ]);
  const contents = await readAll(await temporaryFile(t, zip), DEFAULT_ARCHIVE_LIMITS);
  assert.deepEqual(contents, { a: HELLO.toString(), b: HELLO.toString() });
});

test("withZip skips what desktop systems add", async (t) => {
  const zip = await honestZip({
    "cats/.DS_Store": HELLO,
    "__MACOSX/cats/._a.png": HELLO,
    "__MACOSX/": null,
    "cats/Thumbs.db": HELLO,
    "cats/a.png": HELLO,
  });
  const path = await temporaryFile(t, zip);
  assert.deepEqual(Object.keys(await readAll(path, DEFAULT_ARCHIVE_LIMITS)), ["cats/a.png"]);
});

test("withZip reads names in UTF-8, whether or not the zip says that they are", async (t) => {
  for (const flags of [0, 0x800]) {
    const path = await temporaryFile(t, forgedZip([{ path: "b\u00f6hm/\u685c.png", content: HELLO, flags }]));
    assert.deepEqual(Object.keys(await readAll(path, DEFAULT_ARCHIVE_LIMITS)), ["b\u00f6hm/\u685c.png"]);
  }
});

test("withZip passes a system's error on as it is", async () => {
  await assert.rejects(readAll("/nowhere/archive.zip", DEFAULT_ARCHIVE_LIMITS), { code: "ENOENT" });
});

// Abuse: paths

test("withZip refuses paths that no archive of its own making has", async (t) => {
  const cases: readonly [string, RegExp][] = [
    ["../../etc/passwd", /"\.\.\/\.\.\/etc\/passwd" has a path that leaves the archive/],
    ["cats/../../x.png", /leaves the archive/],
    ["/etc/passwd", /absolute path/],
    ["cats\\a.png", /"cats\\\\a\.png" has a backslash/],
    ["C:/a.png", /drive letter/],
    ["c:a.png", /drive letter/],
    ["./a.png", /dot segment/],
    ["cats//a.png", /empty or dot segment/],
    ["", /empty name/],
    ["cats/a\u0000.png", /"cats\/a\\u\{0\}\.png" has control characters/],
    ["cats/\u001b[31m.png", /\\u\{1b\}.*control characters/],
  ];
  for (const [path, message] of cases) await refused(t, forgedZip([{ path, content: HELLO }]), message);
});

test("withZip shows a long name cut off", async (t) => {
  await refused(t, forgedZip([{ path: `../${"a".repeat(1000)}` }]), /"\.\.\/a{77}"\.\.\. has a path/);
});

test("withZip refuses a path that is there twice", async (t) => {
  const twice: ForgedEntry = { path: "cats/a.png", content: HELLO };
  await refused(t, forgedZip([twice, twice]), /"cats\/a\.png" is there twice/);
});

// Abuse: kinds of entries

test("withZip refuses links and special files", async (t) => {
  for (const unixMode of [0o120777, 0o060644, 0o020644, 0o010644, 0o140644]) {
    await refused(t, forgedZip([{ path: "cats/a.png", content: HELLO, unixMode }]), /link or a special file/);
  }
});

test("withZip refuses encryption and foreign compression", async (t) => {
  await refused(t, forgedZip([{ path: "a", content: HELLO, flags: 1 }]), /"a" is encrypted/);
  await refused(t, forgedZip([{ path: "a", content: HELLO, flags: 0x41 }]), /encrypt/);
  await refused(t, forgedZip([{ path: "a", content: HELLO, method: 14 }]), /compression method 14/);
});

test("withZip refuses directory records that swell with extra fields", async (t) => {
  const extraField = Buffer.alloc(5000);
  extraField.writeUInt16LE(0x9999, 0);
  extraField.writeUInt16LE(4996, 2);
  await refused(t, forgedZip([{ path: "a", extraField }]), /5001 bytes of name, extra fields/);
});

// Abuse: sizes

test("withZip refuses more entries than the limit before it reads them", async (t) => {
  const entries = Array.from({ length: 100_000 }, (_, i): ForgedEntry => ({ path: `c/${i}`, stored: true }));
  await refused(t, forgedZip(entries), /lists 100000 entries; at most 60000/);
});

test("withZip refuses a bomb that declares what it inflates to", async (t) => {
  const zip = forgedZip([{ path: "c/bomb.png", content: new Uint8Array(8 * 2 ** 20) }]);
  await refused(t, zip, /"c\/bomb\.png" declares to inflate \d+ bytes to 8388608; at most 100 times/);
  await refused(t, zip, /declares 8388608 bytes; at most 1000 are allowed/, { entryBytes: 1000 });
});

test("withZip stops inflating at the first byte beyond what a bomb declares", async (t) => {
  const zip = forgedZip([{ path: "c/bomb.png", content: new Uint8Array(8 * 2 ** 20), declaredSize: 500 }]);
  await refused(t, zip, /"c\/bomb\.png" inflates to more than the 500 bytes it declares/);
});

test("withZip refuses an entry shorter than it declares", async (t) => {
  const zip = forgedZip([{ path: "a", content: HELLO, declaredSize: 900 }]);
  await refused(t, zip, /inflates to 17 bytes but declares 900/);
  await refused(
    t,
    forgedZip([{ path: "a", content: HELLO, stored: true, declaredSize: 900 }]),
    /size mismatch/,
  );
});

test("withZip bounds the whole archive, by bytes and by ratio", async (t) => {
  const entries = ["a", "b", "c"].map((path): ForgedEntry => ({ path, content: new Uint8Array(2 ** 20) }));
  await refused(t, forgedZip(entries), /inflates to more than 3000000 bytes/, { totalBytes: 3_000_000 });
  await refused(t, forgedZip(entries), /inflates to 3145728 or more/, { ratioFloorBytes: 2 * 2 ** 20 });
});

test("withZip lets a small array of equal values through, whatever its ratio", async (t) => {
  const path = await temporaryFile(t, forgedZip([{ path: "a", content: new Uint8Array(2 ** 20) }]));
  assert.equal((await readAll(path, DEFAULT_ARCHIVE_LIMITS))["a"]!.length, 2 ** 20);
});

test("withZip refuses an entry that does not match its checksum", async (t) => {
  await refused(t, forgedZip([{ path: "a", content: HELLO, checksum: 1 }]), /does not match its checksum/);
});

// Abuse: not a zip, and no longer a zip

test("withZip refuses what is not a zip and says what it is", async (t) => {
  await refused(t, new Uint8Array(), /begins with nothing/);
  await refused(t, Buffer.from("GIF89a"), /begins with 47 49 46 38 39 61/);
  await refused(t, Buffer.from([0x80, 4, 0x95, 1, 2, 3]), /Python pickle, which is never opened/);
  await refused(t, Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"), /single \.npy array.*numpy\.savez/);
  await refused(t, await honestZip({}), /empty zip/);
});

test("withZip refuses a zip that hides behind another file", async (t) => {
  const zip = await honestZip({ "cats/a.png": HELLO });
  await refused(t, Buffer.concat([Buffer.from("GIF89a"), zip]), /begins with 47 49/);
  await refused(t, Buffer.concat([zip, Buffer.from("#!/bin/sh")]), /damaged or cut off/);
});

test("withZip refuses a zip that is cut off anywhere", async (t) => {
  const zip = await honestZip({ "cats/a.png": HELLO });
  for (let length = 8; length < zip.length; length += 7) {
    await refused(t, zip.subarray(0, length), /damaged or cut off/);
  }
});

test("withZip survives directory offsets beyond every file", async (t) => {
  const begin = Buffer.from("PK\u0003\u0004", "latin1");
  for (const offset of [2n ** 40n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 100n]) {
    await refused(t, Buffer.concat([begin, directoryEnd(1, 0, offset)]), /damaged or cut off/);
  }
});

test("withZip answers any damage with contents or a DomainError", async (t) => {
  const sound = forgedZip([
    { path: "cats/a.png", content: HELLO },
    { path: "dogs/b.png", content: HELLO, stored: true },
  ]);
  const path = await temporaryFile(t, sound);
  const damage = fc.array(fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const bytes = Buffer.from(sound);
      for (const { at, byte } of changes) bytes[at] = byte;
      await writeFile(path, bytes);
      await readAll(path, DEFAULT_ARCHIVE_LIMITS).catch((error: unknown) => {
        assert(error instanceof DomainError, String(error));
      });
    }),
    { numRuns: 300 },
  );
});
