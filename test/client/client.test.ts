import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import {
  AddTaskDocument,
  everyItem,
  made,
  OrbClient,
  OrbError,
  PtmsDocument,
  RankDocument,
  TaskByIdDocument,
} from "orbweaver-client";

import { freePort } from "../support/orb-process.js";
import { repositoryRoot } from "../support/paths.js";
import { randomCentres } from "../support/private-task.js";
import { writeClassFolders } from "../support/class-folders.js";
import { SMALL_ZOO, startTestServer, zooFile } from "../support/server.js";

const server = await startTestServer({ ptms: SMALL_ZOO });
const orb = new OrbClient({ server: `${server.address}/` });
after(async () => {
  await orb.close();
  await server.close();
});

function refusal(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof OrbError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test("ask answers with the document's data, and made gives what a mutation made", async () => {
  const input = { name: "private", centres: randomCentres(1) };
  const task = made((await orb.ask(AddTaskDocument, { input })).addTask, "task");
  const { rank } = await orb.ask(RankDocument, { taskId: task.id, topK: 2 });
  assert.equal(rank.task.name, "private");
  assert.equal(rank.entries.length, 2);
});

test("what is no address is refused before anything is sent", () => {
  for (const server of ["", "127.0.0.1:4000", "ftp://somewhere"]) {
    assert.throws(
      () => new OrbClient({ server }),
      refusal("BAD_USER_INPUT", /must be an http or https address/),
    );
  }
});

test("a refused mutation, a refused query and a missing server are OrbErrors with their codes", async () => {
  const input = { name: "", centres: randomCentres(2) };
  const { addTask } = await orb.ask(AddTaskDocument, { input });
  assert.throws(() => made(addTask, "task"), refusal("BAD_USER_INPUT", /1 to 200 characters/));
  await assert.rejects(orb.ask(RankDocument, { taskId: "nobody" }), refusal("NOT_FOUND", /./));
  const absent = new OrbClient({ server: `http://127.0.0.1:${await freePort()}` });
  await assert.rejects(
    absent.ask(PtmsDocument, { first: 1 }),
    refusal("UNAVAILABLE", /No answer from .*REFUSED/),
  );
  await assert.rejects(absent.upload(Buffer.from("x")), refusal("UNAVAILABLE", /No answer from/));
});

test("everyItem walks over all pages", async () => {
  const names: string[] = [];
  for await (const { name } of everyItem(
    async (after) => (await orb.ask(PtmsDocument, { first: 2, after })).ptms,
  )) {
    names.push(name);
  }
  assert.deepEqual(
    names.sort(),
    [...SMALL_ZOO, "general-encoder"].filter((name) => names.includes(name)).sort(),
  );
  assert.ok(names.length >= 5);
});

test("a file is sent once and comes back with its digest", async () => {
  const bytes = Buffer.alloc(300_000, "orb");
  let sent = 0;
  const digest = await orb.upload(bytes, (soFar) => (sent = soFar));
  assert.equal(sent, bytes.length);
  assert.equal(await orb.upload(bytes, () => assert.fail("the server holds it already")), digest);
  assert.deepEqual(await buffer(await orb.download(digest)), bytes);
  await assert.rejects(orb.download("0".repeat(64)), refusal("NOT_FOUND", /no such artifact/));
});

test("a download with other bytes than announced fails at its end", async () => {
  const liar = createServer((_request, response) => response.end("something else")).listen(0, "127.0.0.1");
  await once(liar, "listening");
  const { port } = liar.address() as { port: number };
  const stream = await new OrbClient({ server: `http://127.0.0.1:${port}` }).download("0".repeat(64));
  await assert.rejects(text(stream), refusal("UNAVAILABLE", /came with digest/));
  liar.close();
});

test("jobDone says what a job is doing, waits for it, and tells why it failed", async () => {
  const artifact = await orb.uploadFile(zooFile("tasks/lower-garments.zip"));
  const task = made(
    (await orb.ask(AddTaskDocument, { input: { name: "garments", artifact } })).addTask,
    "task",
  );
  const states: string[] = [];
  await orb.jobDone(task.job!.id, ({ state }) => states.push(state));
  assert.equal(states.at(-1), "COMPLETED");
  const ready = await orb.ask(TaskByIdDocument, { id: task.id });
  assert.equal(ready.task?.status, "READY");
  await assert.rejects(orb.jobDone("nobody"), refusal("NOT_FOUND", /./));
});

async function example(name: string, ...parameters: string[]): Promise<string> {
  const program = fileURLToPath(new URL(`dist/examples/${name}.js`, repositoryRoot));
  const child = spawn(process.execPath, [program, ...parameters], {
    env: { ORB_SERVER: server.address },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  assert.equal(code, 0, errors);
  return out;
}

test("all examples run: a folder is ranked, re-ranked, an outcome reported, a PTM added", async () => {
  const folder = await writeClassFolders("my-images", ["stripes", "dots"]);
  assert.match(await example("rank-a-folder", folder), /^1\. \S+, fitness -?\d+\.\d{3}\n2\. /);
  assert.match(await example("rerank-and-watch", "my-images", "1"), /\nRERANKED: .*\*.* > .*\n$/);
  assert.equal(
    await example("report-an-outcome", "my-images", "digits-mobile", "0.5"),
    "digits-mobile on my-images: accuracy 0.5\n",
  );
  const added = await example("add-a-ptm", zooFile("ptms/general-encoder.onnx"), "my-model", "32");
  assert.match(added, /^my-model is REGISTERED, its features have 192 dimensions\n$/);
  const readme = await readFile(new URL("examples/README.md", repositoryRoot), "utf8");
  for (const name of ["rank-a-folder", "rerank-and-watch", "report-an-outcome", "add-a-ptm"])
    assert.ok(readme.includes(`(${name}.ts)`), name);
});
