import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import type { RankingPartsFragment, TaskByIdQuery } from "orbweaver-client";

import { plantSpider } from "../faults/plant-spider.js";
import { writeClassFolders } from "../support/class-folders.js";
import { freePort, OrbProcess } from "../support/orb-process.js";
import { SMALL_ZOO, startTestServer, zooFile } from "../support/server.js";

const server = await startTestServer({ ptms: SMALL_ZOO });
const home = await mkdtemp(join(tmpdir(), "orbweaver-cli-"));
await chmod(home, 0o711); // root hands the database to another user
after(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; without an address of its own, against the test's server. */
async function orb(command: readonly string[], environment: Record<string, string> = {}): Promise<Ending> {
  const settings = { ORB_SERVER: server.address, ORB_HOME: home, ...environment };
  const process = new OrbProcess(command, settings);
  const { code } = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}

/** The objects that a command prints with --json. */
async function json<Printed>(...command: string[]): Promise<Printed[]> {
  const { code, stdout, stderr } = await orb([...command, "--json"]);
  assert.equal(code, 0, stderr);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Printed);
}

const images = await writeClassFolders("my-images", ["dots", "stripes"]);

test("orb rank makes a task of a folder, waits for it and prints the ranking; the same folder is the same task", async () => {
  const first = await orb(["rank", images, "--top", "3"]);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^rank +PTM +fitness.*\n +1 +\S+ +█+.*\n +2 +\S+ .*\n +3 +\S+ .*\n$/);
  assert.ok(!(first.stdout + first.stderr).includes("\u001b"), "no colours where nobody looks");
  assert.match(first.stderr, /6 images in 2 classes[^]*uploading[^]*task my-images, version 1/);

  const again = await orb(["rank", images, "--top", "3"]);
  assert.equal(again.stdout, first.stdout);
  assert.match(again.stderr, /task my-images, version 1/);
  assert.doesNotMatch(again.stderr, /uploading/);

  const [ranking] = await json<RankingPartsFragment>("rank", "my-images", "--top", "2");
  assert.equal(ranking!.entries.length, 2);
  const [filtered] = await json<RankingPartsFragment>("rank", "my-images@1", "--architecture", "nothing");
  assert.deepEqual(filtered!.entries, []);
});

test("--private sends class centres alone, and they are those that the server would compute", async () => {
  const before = (await readdir(join(server.container.config.home, "artifacts"))).length;
  const [open] = await json<NonNullable<TaskByIdQuery["task"]>>("task", "show", "my-images");
  const [secret] = await json<NonNullable<TaskByIdQuery["task"]>>(
    "task",
    "add",
    images,
    "--private",
    "--name",
    "s",
  );
  assert.equal(secret!.sampleCount, 0);
  assert.equal(secret!.token?.digest, open!.token?.digest);
  assert.equal((await readdir(join(server.container.config.home, "artifacts"))).length, before);
});

test("pictures of many sizes become squares of one", async () => {
  const folder = await writeClassFolders("uneven", ["dots", "stripes"], { pixels: (i) => 20 + i });
  const { code, stderr } = await orb(["task", "add", folder]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /3 sizes: the middle square of each is scaled to 20 pixels/);
});

test("orb rerank runs the best PTMs and marks them", async () => {
  const { code, stdout, stderr } = await orb(["rerank", "my-images", "--top", "2"]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout.match(/ \* /g)?.length, 2);
});

test("a PTM is added, listed and shown; what the file says of its input need not be said", async () => {
  const file = zooFile("ptms/general-encoder.onnx");
  const added = await orb(["ptm", "add", file, "--name", "brought", "--license", "MIT", "--tag", "mine"]);
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stdout, /status +REGISTERED: [^]*takes +32 x 32 pixels as "image", NCHW/);
  const listed = await json<{ name: string; tags: string[] }>("ptm", "list", "--tag", "mine");
  assert.deepEqual(
    listed.map(({ name, tags }) => [name, tags]),
    [["brought", ["mine"]]],
  );
});

test("administrators make and revoke keys, curators activate spiders and retire PTMs", async () => {
  const created = await orb(["key", "create", "ci", "--role", "CONTRIBUTOR"]);
  assert.match(created.stdout, /^\S{20,}\n$/);
  assert.equal((await orb(["key", "revoke", "ci"])).stdout, "The key of ci is revoked.\n");
  assert.equal((await orb(["key", "revoke", "nobody"])).code, 3);
  assert.equal((await orb(["spider", "activate", "1"])).stdout, "Spider 1 ranks from now on.\n");
  assert.equal((await orb(["spider", "activate", "9"])).code, 3);
  const retired = await orb([
    "ptm",
    "retire",
    "brought",
    "--reason",
    "a test",
    "--successor",
    "digits-mobile",
  ]);
  assert.equal(retired.stdout, "brought version 1 is retired.\n", retired.stderr);
});

test("outcomes are reported, exported and imported again", async () => {
  const report = ["outcome", "report", "my-images", "digits-mobile", "0.75"];
  assert.equal(
    (await orb(report)).stdout,
    "digits-mobile on my-images: accuracy 0.75 (FULL_FINE_TUNE, split test, seed 0)\n",
  );
  const exported = await orb(["export", "outcomes"]);
  assert.match(
    exported.stdout,
    /^task,ptm,metric,value.*\nmy-images,digits-mobile,accuracy,0.75,FULL_FINE_TUNE,test,0,/,
  );

  const file = join(home, "outcomes.csv");
  await writeFile(file, `${exported.stdout}my-images,nobody,accuracy,1\n`);
  const imported = await orb(["outcome", "import", file]);
  assert.match(
    imported.stderr,
    /nobody on my-images: there is no such PTM\n1 of 2 outcomes are in the registry/,
  );
  assert.equal(imported.code, 1);

  // What differs in its run alone is as many outcomes; what is refused keeps nothing else out.
  const [header, line] = exported.stdout.split("\n");
  const runs = [line!, line!.replace(",test,0,", ",test,1,"), line!.replace("0.75", "0.5")];
  await writeFile(file, [header, ...runs].join("\n"));
  const mixed = await orb(["outcome", "import", file]);
  assert.match(mixed.stderr, /is recorded as 0.75, not 0.5.*\n2 of 3 outcomes are in the registry/);
  const again = await orb(["export", "outcomes"]);
  assert.equal(again.stdout.trim().split("\n").length, 3);

  const other = await orb([...report.slice(0, -1), "0.5"]);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /^orb: This measurement .* is recorded as 0.75, not 0.5/);
});

test("a pool is made of tasks, a spider learns from it, and spiders are judged by what they did not learn from", async () => {
  await orb(["outcome", "report", "my-images", "garments-mobile", "0.5"]);
  const [judged, ...others] = await json<{ task: { name: string }; outcomeCount: number }>(
    "spider",
    "evaluate",
  );
  assert.deepEqual([judged!.task.name, judged!.outcomeCount, others.length], ["my-images", 2, 0]);

  const made = await orb(["pool", "create", "small", "my-images", "--training-tasks", "20"]);
  assert.match(made.stdout, /^Pool small is measured/, made.stderr);
  const [pool] = await json<{ name: string; status: string; taskCount: number }>("pool", "list");
  assert.deepEqual([pool!.name, pool!.status, pool!.taskCount], ["small", "READY", 20]);
  assert.equal((await orb(["pool", "measure", "small"])).code, 0);

  const recipe = '{"epochs":1,"width":8,"validation":5,"batchSize":8}';
  const train = ["spider", "train", "--pool", "small", "--seed", "7", "--recipe", recipe];
  assert.match((await orb(train)).stdout, /^Spider 2 is trained/);
  const again = await orb(train);
  assert.deepEqual([again.code, again.stdout], [1, ""], "a training that gives nothing new is no success");
  assert.match(again.stderr, /gave spider 2 again, byte for byte/);
  assert.match(
    (await orb(["spider", "show", "2"])).stdout,
    /^learned from +pool small, 5 PTMs\nrecipe +\{"seed":7,/m,
  );
  const learned = await orb(["spider", "evaluate", "2"]);
  assert.equal(learned.code, 1);
  assert.match(learned.stderr, /No task that the spider did not learn from has outcomes yet/);
});

test("exit codes tell usage, absence and an unreachable server apart", async () => {
  const absent = { ORB_SERVER: `http://127.0.0.1:${await freePort()}` };
  const endings = await Promise.all([
    orb(["rank"]),
    orb(["rank", images, "--top", "0"]),
    orb(["task", "show", "nobody"]),
    orb(["ptm", "list"], absent),
    orb(["ptm", "--help"]),
    orb(["rank", "./nowhere"]),
    orb(["rank", process.execPath]),
  ]);
  assert.deepEqual(
    endings.map(({ code }) => code),
    [2, 2, 3, 5, 0, 3, 2],
  );
  assert.match(endings[5].stderr, /There is no folder, archive or task \.\/nowhere\./);
  assert.match(endings[6].stderr, /neither a folder of class folders nor a \.zip or \.npz/);
});

test("without a server a command works on the registry of its home alone", async () => {
  const own = join(home, "own");
  await plantSpider(own);
  const environment = { ORB_SERVER: "", ORB_HOME: own, ORB_PORT: String(await freePort()) };
  const { code, stdout, stderr } = await orb(["task", "add", images], environment);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^No server is up: working on /);
  assert.match(stdout, /status +READY/);
});

test("orb doctor finds nothing wrong here, and says what is", async () => {
  const doctored = await orb(["doctor"]);
  assert.equal(doctored.code, 0, doctored.stdout);
  assert.deepEqual(
    doctored.stdout.match(/^(ok|warn|fail) +[a-z]+/gm)?.map((line) => line.replace(/ +/, " ")),
    ["ok settings", "ok node", "ok storage", "ok database", "ok onnx", "ok sandbox", "ok server"],
  );
  const wrong = await orb(["doctor"], { ORB_PORT: "many" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /^fail {2}settings +The configuration is wrong: ORB_PORT: /);
});
