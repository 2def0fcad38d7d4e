import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import sharp from "sharp";

import { npyBytes } from "../../support/npy-bytes.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { honestZip } from "../../support/zip-bytes.js";

let server: TestServer;
before(async () => (server = await startTestServer()));
after(() => server.close());

interface Shown {
  readonly task: {
    readonly classSamples: {
      readonly nodes: readonly { label: number; name: string; pictures: readonly string[] }[];
      readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
      readonly totalCount: number;
    };
  };
}

async function addTask(name: string, archive: Buffer): Promise<string> {
  const artifact = await server.upload(archive);
  const { addTask } = await server.ask<{ addTask: { task: { id: string } } }>(
    `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { message } } }`,
    { input: { name, artifact } },
  );
  return addTask.task.id;
}

const show = (id: string, first: number, after: string | null = null) =>
  server.ask<Shown>(
    `query ($id: ID!, $first: Int!, $after: String) { task(id: $id) { classSamples(first: $first, after: $after) {
      nodes { label name pictures } pageInfo { endCursor hasNextPage } totalCount } } }`,
    { id, first, after },
  );

async function centrePixel(picture: string): Promise<number[]> {
  const bytes = Buffer.from(picture.replace("data:image/webp;base64,", ""), "base64");
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = info.channels * (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2));
  return [...data.subarray(at, at + 3)];
}

const near = (pixel: number[], expected: number[]): boolean =>
  pixel.every((value, i) => Math.abs(value - expected[i]!) < 20);

test("a zip's classes come page by page, each with its own first samples as small pictures", async () => {
  const colours = {
    blue: { r: 10, g: 10, b: 240 },
    green: { r: 10, g: 240, b: 10 },
    red: { r: 240, g: 10, b: 10 },
  };
  const entries: Record<string, Uint8Array> = {};
  for (const [name, background] of Object.entries(colours)) {
    for (let i = 0; i < 8; i++) {
      const image = sharp({ create: { width: 200, height: 100, channels: 3, background } });
      entries[`${name}/${i}.png`] = await image.png().toBuffer();
    }
  }
  const id = await addTask("colours", await honestZip(entries));

  const first = (await show(id, 2)).task.classSamples;
  assert.deepEqual(
    first.nodes.map(({ name }) => name),
    ["blue", "green"],
  );
  assert.equal(first.totalCount, 3);
  assert.ok(first.pageInfo.hasNextPage);
  const rest = (await show(id, 2, first.pageInfo.endCursor)).task.classSamples;
  assert.deepEqual(
    rest.nodes.map(({ name, label }) => [name, label]),
    [["red", 2]],
  );
  assert.ok(!rest.pageInfo.hasNextPage);

  for (const { name, pictures } of [...first.nodes, ...rest.nodes]) {
    assert.equal(pictures.length, 6);
    const { r, g, b } = colours[name as keyof typeof colours];
    for (const picture of pictures) assert.ok(near(await centrePixel(picture), [r, g, b]), name);
  }
  const { width, height } = await sharp(
    Buffer.from(first.nodes[0]!.pictures[0]!.split(",")[1]!, "base64"),
  ).metadata();
  assert.deepEqual([width, height], [96, 48]);
});

test("an .npz shows its samples too, a class with few of them all", async () => {
  const images = Uint8Array.from({ length: 3 * 4 * 4 * 3 }, (_, i) => (i < 48 ? 0 : 255));
  const archive = await honestZip({
    "images.npy": npyBytes("|u1", [3, 4, 4, 3], images),
    "labels.npy": npyBytes("<i8", [3], BigInt64Array.from([0n, 1n, 1n])),
  });
  const { nodes } = (await show(await addTask("grey", archive), 10)).task.classSamples;
  assert.deepEqual(
    nodes.map(({ pictures }) => pictures.length),
    [1, 2],
  );
  assert.ok(near(await centrePixel(nodes[0]!.pictures[0]!), [0, 0, 0]));
  assert.ok(near(await centrePixel(nodes[1]!.pictures[0]!), [255, 255, 255]));
});

test("a cursor of another list is refused", async () => {
  const images = new Uint8Array(2 * 4 * 4 * 3);
  const archive = await honestZip({
    "images.npy": npyBytes("|u1", [2, 4, 4, 3], images),
    "labels.npy": npyBytes("<i8", [2], BigInt64Array.from([0n, 1n])),
  });
  const id = await addTask("black", archive);
  const cursor = Buffer.from(JSON.stringify(["somewhere"])).toString("base64url");
  await assert.rejects(show(id, 2, cursor), /BAD_USER_INPUT/);
});
