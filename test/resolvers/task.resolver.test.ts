import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { after, before, describe, test } from "node:test";

import sharp from "sharp";

import { sha256 } from "../../src/services/digest.js";
import { npyBytes, utf32 } from "../support/npy-bytes.js";
import { base64, ENCODER_WIDTH, randomCentres } from "../support/private-task.js";
import { startTestServer, type TestServer, zooFile } from "../support/server.js";
import { forgedZip, honestZip } from "../support/zip-bytes.js";

const ADD = `mutation ($input: AddTaskInput!) {
  addTask(input: $input) {
    task { id name version kind status statusReason classes sampleCount createdBy token { classCount width vectors digest } }
    job { id kind state }
    userErrors { code message path }
  }
}`;

interface Added {
  readonly task: {
    readonly id: string;
    readonly name: string;
    readonly version: number;
    readonly status: string;
    readonly statusReason: string | null;
    readonly classes: string[];
    readonly sampleCount: number;
    readonly token: { classCount: number; width: number; vectors: string } | null;
  } | null;
  readonly job: { readonly id: string; readonly kind: string; readonly state: string } | null;
  readonly userErrors: readonly { code: string; message: string; path: string[] }[];
}

let server: TestServer;
before(async () => {
  server = await startTestServer({ ptms: ["hands-mobile"] });
});
after(() => server.close());

async function add(input: object): Promise<Added> {
  return (await server.ask<{ addTask: Added }>(ADD, { input })).addTask;
}

async function counts(): Promise<unknown> {
  const [row] = (await server.container.dataSource.query(
    "SELECT (SELECT count(*) FROM task) AS tasks, (SELECT count(*) FROM task_token) AS tokens, (SELECT count(*) FROM job) AS jobs",
  )) as unknown[];
  return row;
}

/** The input is refused in the payload, and nothing is left of it. */
async function refused(input: object, code: string, message: RegExp, ...part: string[]): Promise<void> {
  const before = await counts();
  const { task, job, userErrors } = await add(input);
  assert.deepEqual([task, job], [null, null]);
  assert.equal(userErrors.length, 1);
  assert.equal(userErrors[0]!.code, code, userErrors[0]!.message);
  assert.match(userErrors[0]!.message, message);
  assert.doesNotMatch(userErrors[0]!.message, /\/tmp\/|artifacts\/[0-9a-f]{2}\/|SELECT/);
  assert.deepEqual(userErrors[0]!.path, ["input", ...part]);
  assert.deepEqual(await counts(), before);
}

async function status(id: string): Promise<Added["task"]> {
  const { task } = await server.ask<{ task: Added["task"] }>(
    `query ($id: ID!) { task(id: $id) { id name version status statusReason classes sampleCount token { classCount width vectors } } }`,
    { id },
  );
  return task;
}

async function png(red: number): Promise<Buffer> {
  return sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 90, b: 255 - red } } })
    .png()
    .toBuffer();
}

async function zip(classes: readonly string[]): Promise<Buffer> {
  const entries = await Promise.all(
    classes.flatMap((name, c) =>
      [0, 1].map(async (i) => [`${name}/${i}.png`, await png(40 * c + 20 * i)] as const),
    ),
  );
  return honestZip(Object.fromEntries(entries));
}

describe("addTask from an archive", () => {
  test("answers at once, and the task is READY when its job is over: zip", async () => {
    const artifact = await server.upload(await zip(["dark", "light"]));
    const added = await add({ name: "zipped", artifact });
    assert.deepEqual(added.userErrors, []);
    assert.deepEqual(
      [added.task!.classes, added.task!.sampleCount, added.task!.version],
      [["dark", "light"], 4, 1],
    );
    assert.equal(added.job!.kind, "TOKENIZE_TASK");
    await server.jobsOver();
    const ready = await status(added.task!.id);
    assert.deepEqual(
      [ready!.status, ready!.token!.classCount, ready!.token!.width],
      ["READY", 2, ENCODER_WIDTH],
    );
  });

  test("npz: the token is that of the same samples in a zip of folders", async () => {
    const pixels = Buffer.concat(
      await Promise.all(
        [0, 20, 40, 60].map(async (red) =>
          sharp(await png(red))
            .raw()
            .toBuffer(),
        ),
      ),
    );
    const npz = await honestZip({
      "images.npy": npyBytes("|u1", [4, 8, 8, 3], pixels),
      "labels.npy": npyBytes("<i8", [4], BigInt64Array.of(0n, 0n, 1n, 1n)),
      "class_names.npy": npyBytes("<U5", [2], utf32(["dark", "light"], 5)),
    });
    const fromNpz = await add({ name: "npz", artifact: await server.upload(npz) });
    const fromZip = await add({ name: "zip", artifact: await server.upload(await zip(["dark", "light"])) });
    await server.jobsOver();
    const [left, right] = [await status(fromNpz.task!.id), await status(fromZip.task!.id)];
    assert.deepEqual([left!.status, left!.classes], ["READY", ["dark", "light"]]);
    assert.equal(left!.token!.vectors, right!.token!.vectors);
  });

  test("is the same task when it is repeated, at once or later", async () => {
    const artifact = await server.upload(await zip(["again", "and again"]));
    const together = await Promise.all(Array.from({ length: 10 }, () => add({ name: "repeated", artifact })));
    await server.jobsOver();
    const later = await add({ name: "  REPEATED ", artifact, newVersion: true });
    for (const { task, job, userErrors } of [...together, later]) {
      assert.deepEqual(userErrors, []);
      assert.deepEqual([task!.id, job!.id], [together[0]!.task!.id, together[0]!.job!.id]);
    }
    assert.equal(later.task!.status, "READY");
  });

  test("other data under a name that is taken conflict, or become the next version if asked", async () => {
    const one = await server.upload(await zip(["one", "a"]));
    const two = await server.upload(await zip(["two", "b"]));
    const first = await add({ name: "Versions", artifact: one });
    await refused(
      { name: "versions", artifact: two },
      "CONFLICT",
      /other data.*newVersion to add version 2/,
      "name",
    );
    const second = await add({ name: "VERSIONS", artifact: two, newVersion: true });
    assert.deepEqual([second.task!.name, second.task!.version], ["Versions", 2]);
    assert.notEqual(second.task!.id, first.task!.id);
    assert.equal((await add({ name: "versions", artifact: one })).task!.id, first.task!.id);
    await server.jobsOver();
  });

  test("of fifty at once under one name with other data each, one succeeds", async () => {
    const inputs = Array.from({ length: 50 }, (_, i) => ({
      name: "contended",
      centres: randomCentres(1000 + i),
    }));
    const answers = await Promise.all(inputs.map((input) => add(input)));
    const codes = answers.map(({ task, userErrors }) => (task ? "added" : userErrors[0]!.code)).sort();
    assert.deepEqual(codes, [...Array<string>(49).fill("CONFLICT"), "added"]);
  });

  test("twenty new versions at once get twenty numbers", async () => {
    const inputs = Array.from({ length: 20 }, (_, i) => ({
      name: "many versions",
      centres: randomCentres(2000 + i),
      newVersion: true,
    }));
    const answers = await Promise.all(inputs.map((input) => add(input)));
    const versions = answers.flatMap(({ task }) => task?.version ?? []);
    assert.deepEqual(
      versions.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});

describe("addTask of a bad archive leaves no row:", () => {
  const image = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const hugePng = Buffer.from(image);
  hugePng.writeUInt32BE(50_000, 16); // width and height in the header, whose checksum is wrong then
  hugePng.writeUInt32BE(50_000, 20);
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
  const arrays = {
    "images.npy": npyBytes("|u1", [2, 1, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)),
    "labels.npy": npyBytes("<i8", [2], BigInt64Array.of(0n, 1n)),
    "class_names.npy": npyBytes("<U1", [2], utf32(["a", "b"], 1)),
  };
  const centres = (values: Float32Array): Buffer => npyBytes("<f4", [2, ENCODER_WIDTH], values);
  const bad = new Float32Array(2 * ENCODER_WIDTH).fill(1);
  bad[5] = NaN;
  const cases: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
    ["not an archive", () => Buffer.from("hello")],
    ["empty", () => Buffer.alloc(0)],
    ["a zip without a file", () => honestZip({})],
    ["a zip cut in half", async () => (await zip(["a", "b"])).subarray(0, 200)],
    ["one class", () => zip(["only"])],
    ["an empty class", async () => honestZip({ "a/1.png": await png(1), "b/": null })],
    ["mixed sizes", async () => honestZip({ "a/1.png": await png(1), "b/1.png": image })],
    [
      "a text called .png",
      async () => honestZip({ "a/1.png": await png(1), "b/1.png": Buffer.from("no image") }),
    ],
    ["an SVG called .png", async () => honestZip({ "a/1.png": await png(1), "b/1.png": svg })],
    ["an image bomb", () => honestZip({ "a/1.png": hugePng, "b/1.png": hugePng })],
    [
      "a path that leaves",
      () =>
        forgedZip([
          { path: "a/../../x.png", content: image },
          { path: "b/1.png", content: image },
        ]),
    ],
    [
      "an absolute path",
      () =>
        forgedZip([
          { path: "/etc/passwd", content: image },
          { path: "b/1.png", content: image },
        ]),
    ],
    [
      "a zip bomb",
      () =>
        forgedZip([
          { path: "a/1.png", content: Buffer.alloc(20_000_000) },
          { path: "b/1.png", content: image },
        ]),
    ],
    [
      "an object array",
      () => honestZip({ ...arrays, "labels.npy": npyBytes("|O", [2], Uint8Array.of(1, 2)) }),
    ],
    [
      "a label beyond the classes",
      () => honestZip({ ...arrays, "labels.npy": npyBytes("<i8", [2], BigInt64Array.of(0n, 7n)) }),
    ],
    ["no labels", () => honestZip({ "images.npy": arrays["images.npy"] })],
    [
      "float images",
      () => honestZip({ ...arrays, "images.npy": npyBytes("<f4", [2, 1, 1, 3], new Float32Array(6)) }),
    ],
    [
      "centres with NaN",
      () => honestZip({ "centres.npy": centres(bad), "class_names.npy": arrays["class_names.npy"] }),
    ],
    [
      "centres of another width",
      () =>
        honestZip({
          "centres.npy": npyBytes("<f4", [2, 3], new Float32Array(6).fill(1)),
          "class_names.npy": arrays["class_names.npy"],
        }),
    ],
    ["a pickle", () => Buffer.from("\u0080\u0004\u0095cposix\nsystem\n", "latin1")],
  ];
  for (const [what, bytes] of cases) {
    test(what, async () => {
      const artifact = await server.upload(new Uint8Array(await bytes()));
      await refused({ name: what, artifact }, "BAD_USER_INPUT", /./, "artifact");
    });
  }

  test("an artifact that nobody uploaded", async () => {
    await refused(
      { name: "absent", artifact: sha256("absent") },
      "NOT_FOUND",
      /upload the file first: PUT \/artifacts\//,
      "artifact",
    );
  });
});

describe("addTask by class centres", () => {
  test("is READY at once, has no samples, and gives the same vectors back", async () => {
    const centres = randomCentres(1);
    const { task, job } = await add({ name: "private", centres });
    assert.deepEqual([task!.status, task!.sampleCount, job], ["READY", 0, null]);
    assert.equal(task!.token!.vectors, centres.vectors);
    const again = await add({ name: "private", centres });
    assert.equal(again.task!.id, task!.id);
    await refused({ name: "private", centres: randomCentres(2) }, "CONFLICT", /other data/, "name");
  });

  test("from an archive of the zoo are READY at once too", async () => {
    const artifact = await server.upload(await readFile(zooFile("tasks/smiles.npz")));
    const { task, job } = await add({ name: "smiles", artifact });
    assert.deepEqual([task!.status, task!.sampleCount, task!.token!.classCount, job], ["READY", 0, 2, null]);
  });

  const classes = ["a", "b"];
  const fill = (value: number, length = 2 * ENCODER_WIDTH): string =>
    base64(new Float32Array(length).fill(value));
  for (const [what, centres, message] of [
    ["one class", { classes: ["a"], vectors: fill(1, ENCODER_WIDTH) }, /at least 2 classes/],
    ["no class", { classes: [], vectors: fill(1) }, /class/],
    ["another width", { classes, vectors: fill(1, 2 * ENCODER_WIDTH - 2) }, /must have 192 dimensions/],
    [
      "values that do not divide",
      { classes, vectors: fill(1, 2 * ENCODER_WIDTH - 1) },
      /do not divide into 2 classes/,
    ],
    ["no values", { classes, vectors: "" }, /dimensions/],
    ["a class twice", { classes: ["a", "a"], vectors: fill(1) }, /there twice/],
    ["NFC twins", { classes: ["\u00e9", "e\u0301"], vectors: fill(1) }, /there twice/],
    ["a blank class", { classes: ["a", " "], vectors: fill(1) }, /blank/],
    ["a NUL in a class", { classes: ["a", "b\0"], vectors: fill(1) }, /control/],
    ["half a surrogate pair in a class", { classes: ["a", "\ud800"], vectors: fill(1) }, /control/],
    ["all zeros", { classes, vectors: fill(0) }, /centre 0 is zero in every dimension/],
    ["magnitudes that overflow", { classes, vectors: fill(1e38) }, /within \+-1000000/],
  ] as const) {
    test(`refuses ${what} and leaves no row`, async () => {
      await refused({ name: `centres: ${what}`, centres }, "BAD_USER_INPUT", message, "centres");
    });
  }

  test("of the largest and smallest magnitudes that are taken rank to finite fitness", async () => {
    for (const value of [1e6, -1e6, 1e-40]) {
      const { task } = await add({ name: `extreme ${value}`, centres: { classes, vectors: fill(value) } });
      const { rank } = await server.ask<{ rank: { entries: { fitness: number }[] } }>(
        `query ($id: ID!) { rank(taskId: $id) { entries { fitness } } }`,
        { id: task!.id },
      );
      assert.ok(rank.entries.length > 0);
      for (const { fitness } of rank.entries) assert.ok(Number.isFinite(fitness), `${value}: ${fitness}`);
    }
  });

  test("refuses vectors that are no float32 values before anything runs", async () => {
    for (const vectors of [fill(NaN), fill(Infinity), "AAA", "====", "AAAAA", 7, [1, 2]]) {
      const answer = await server.request(ADD, { input: { name: "x", centres: { classes, vectors } } });
      assert.deepEqual(
        answer.errors?.[0]?.extensions.code,
        "BAD_USER_INPUT",
        JSON.stringify(vectors).slice(0, 50),
      );
      assert.equal(answer.data ?? null, null);
    }
  });

  test("and an archive exclude each other", async () => {
    const centres = randomCentres(3);
    await refused({ name: "both", artifact: sha256("x"), centres }, "BAD_USER_INPUT", /not both/);
    await refused({ name: "neither" }, "BAD_USER_INPUT", /either/);
  });
});

describe("a task's name", () => {
  test("is trimmed, composed (NFC) and compared without case", async () => {
    const { task } = await add({ name: " Cafe\u0301 ", centres: randomCentres(4) });
    assert.equal(task!.name, "Caf\u00e9");
    await refused({ name: "CAF\u00c9", centres: randomCentres(5) }, "CONFLICT", /other data/, "name");
    const emoji = await add({ name: "\u{1f577} spider", centres: randomCentres(6) });
    assert.equal(emoji.task!.name, "\u{1f577} spider");
    const found = await server.ask(
      `{ tasks(first: 5, filter: { name: "caf\u00c9" }) { totalCount nodes { name } } }`,
    );
    assert.deepEqual(found, { tasks: { totalCount: 1, nodes: [{ name: "Caf\u00e9" }] } });
  });

  for (const name of [
    "",
    " ",
    "a\0",
    "\ud800",
    "a\nb",
    "\u202Egnp",
    "zero\u200bwidth",
    "a\u2028b",
    "x".repeat(201),
  ]) {
    test(`is not ${JSON.stringify(name).slice(0, 40)}`, async () => {
      await refused({ name, centres: randomCentres(7) }, "BAD_USER_INPUT", /A name must/, "name");
    });
  }
});

test("49: an upload that is cut at 90 % leaves no artifact, and the next try works", async () => {
  const bytes = await zip(["cut", "whole"]);
  const digest = sha256(bytes);
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${server.address}/artifacts/${digest}`, {
      method: "PUT",
      headers: { "content-length": bytes.length },
    });
    request.on("error", () => resolve());
    request.write(bytes.subarray(0, Math.floor(0.9 * bytes.length)), () => request.destroy());
  });
  await refused({ name: "cut", artifact: digest }, "NOT_FOUND", /upload the file first/, "artifact");
  const { dataSource } = server.container;
  assert.deepEqual(await dataSource.query("SELECT FROM artifact WHERE sha256 = $1", [digest]), []);
  assert.equal(await server.upload(bytes), digest);
  assert.deepEqual((await add({ name: "cut", artifact: digest })).userErrors, []);
  await server.jobsOver();
});
