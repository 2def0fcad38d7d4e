import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { addPrivateTask, base64, randomCentres } from "../support/private-task.js";
import { withRoundedWeights } from "../support/rounded-weights.js";
import { SMALL_ZOO, startTestServer, type TestServer, zooFile } from "../support/server.js";

const ZOO = { input: "image", height: 32, width: 32, probabilities: "probabilities" };

interface Similar {
  readonly similarity: number;
  readonly ptm: { readonly name: string };
}

interface Duplicate extends Similar {
  readonly reason: string;
}

interface Added {
  readonly ptm: { readonly id: string } | null;
  readonly warnings: readonly { reason: string; message: string; ptm: { name: string } }[];
  readonly userErrors: readonly { code: string }[];
}

let server: TestServer;
before(async () => {
  server = await startTestServer({ ptms: SMALL_ZOO });
});
after(() => server.close());

async function similarPtms(name: string, by: string, first = 10): Promise<readonly Similar[]> {
  const { ptmByName } = await server.ask<{ ptmByName: { similarPtms: Similar[] } }>(
    `query ($name: String!, $by: PtmLikeness!, $first: Int!) { ptmByName(name: $name) {
      similarPtms(first: $first, by: $by) { similarity ptm { name } } } }`,
    { name, by, first },
  );
  return ptmByName.similarPtms;
}

async function nearDuplicates(name: string): Promise<readonly Duplicate[]> {
  const { ptmByName } = await server.ask<{ ptmByName: { nearDuplicates: Duplicate[] } }>(
    `query ($name: String!) { ptmByName(name: $name) {
      nearDuplicates(first: 10) { similarity reason ptm { name } } } }`,
    { name },
  );
  return ptmByName.nearDuplicates;
}

async function add(name: string, model: Uint8Array): Promise<Added> {
  const artifact = await server.upload(model);
  const { addPtm } = await server.ask<{ addPtm: Added }>(
    `mutation ($input: AddPtmInput!) { addPtm(input: $input) {
      ptm { id } warnings { reason message ptm { name } } userErrors { code } } }`,
    { input: { name, artifact, signature: ZOO } },
  );
  return addPtm;
}

describe("similarPtms", () => {
  test("orders the others by the cosine of their tokens", async () => {
    const { ptms } = await server.ask<{ ptms: { nodes: { name: string; token: { vector: string } }[] } }>(
      `{ ptms(first: 100) { nodes { name token { vector } } } }`,
    );
    const tokens = new Map(ptms.nodes.map(({ name, token }) => [name, vectorOf(token.vector)]));
    const own = tokens.get("digits-mobile")!;
    const expected = [...tokens]
      .filter(([name]) => name !== "digits-mobile")
      .map(([name, token]) => ({
        name,
        similarity: inner(own, token) / Math.sqrt(inner(own, own) * inner(token, token)),
      }))
      .sort((a, b) => b.similarity - a.similarity);
    const found = await similarPtms("digits-mobile", "TOKENS");
    assert.deepEqual(
      found.map(({ ptm }) => ptm.name),
      expected.map(({ name }) => name),
    );
    found.forEach(({ similarity }, i) => assert.ok(Math.abs(similarity - expected[i]!.similarity) < 1e-6));
    assert.deepEqual(await similarPtms("digits-mobile", "TOKENS", 2), found.slice(0, 2));
  });

  test("by features is symmetric, and different PTMs are far from the same", async () => {
    const found = await similarPtms("digits-mobile", "FEATURES");
    assert.equal(found.length, SMALL_ZOO.length - 1);
    for (const { ptm, similarity } of found) {
      assert.ok(similarity < 0.85, `${ptm.name}: ${similarity}`);
      const back = (await similarPtms(ptm.name, "FEATURES")).find(
        (other) => other.ptm.name === "digits-mobile",
      );
      assert.ok(Math.abs(back!.similarity - similarity) < 1e-6);
    }
  });

  test("refuses more than a page", async () => {
    const { errors } = await server.request(
      `{ ptms(first: 1) { nodes { similarPtms(first: 101) { similarity } } } }`,
    );
    assert.equal(errors?.[0]?.extensions.code, "BAD_USER_INPUT");
  });
});

test("similarTasks orders tasks by the distance between their class centres; retired ones are not told", async () => {
  const task = await addPrivateTask(server, "one", 1);
  const centres = vectorOf(randomCentres(1).vectors);
  for (const [name, shift] of [
    ["near", 0.01],
    ["far", 0.3],
    ["retired", 0.001],
  ] as const) {
    const moved = base64(centres.map((value) => value + shift));
    const input = { name, centres: { ...randomCentres(1), vectors: moved } };
    const { addTask } = await server.ask<{ addTask: { task: { id: string } } }>(
      `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } } }`,
      { input },
    );
    if (name === "retired") {
      await server.ask(
        `mutation ($input: RetireTaskInput!) { retireTask(input: $input) { userErrors { code } } }`,
        {
          input: { taskId: addTask.task.id, reason: "test" },
        },
      );
    }
  }
  const { task: found } = await server.ask<{
    task: { similarTasks: { distance: number; task: { name: string } }[] };
  }>(`query ($id: ID!) { task(id: $id) { similarTasks(first: 5) { distance task { name } } } }`, {
    id: task,
  });
  const [near, far, ...more] = found.similarTasks;
  assert.deepEqual([near!.task.name, far!.task.name, more], ["near", "far", []]);
  // Each centre moved by the same amount in each of 192 directions, and no other centre is nearer.
  assert.ok(Math.abs(near!.distance - 0.01 * Math.sqrt(192)) < 1e-4, String(near!.distance));
  assert.ok(Math.abs(far!.distance - 0.3 * Math.sqrt(192)) < 1e-4, String(far!.distance));
});

test("a token tells all that it comes from", async () => {
  const id = await addPrivateTask(server, "provenance", 9);
  const { ptmByName, task, spider } = await server.ask<Record<string, Record<string, unknown>>>(
    `query ($id: ID!) {
      ptmByName(name: "digits-mobile") {
        artifact { sha256 } token { artifactSha256 encoderSha256 codeVersion spider { id } } }
      task(id: $id) { contentSha256 token { contentSha256 encoderSha256 codeVersion } }
      spider { id encoderSha256 } }`,
    { id },
  );
  const { codeVersion, ...token } = ptmByName!["token"] as Record<string, unknown>;
  const { encoderSha256 } = spider!;
  assert.match(String(codeVersion), /^\d+\.\d+/);
  assert.deepEqual(token, {
    artifactSha256: (ptmByName!["artifact"] as { sha256: string }).sha256,
    encoderSha256,
    spider: { id: spider!["id"] },
  });
  assert.deepEqual(task!["token"], { contentSha256: task!["contentSha256"], encoderSha256, codeVersion });
});

describe("near duplicates", () => {
  test("of the same file are told at once, whoever adds it once more", async () => {
    const model = await readFile(zooFile("ptms/hands-mobile.onnx"));
    const { warnings } = await add("hands again", model);
    assert.deepEqual(warnings, [
      {
        reason: "SAME_FILE",
        message: 'PTM "hands-mobile" version 1 is made of the same file.',
        ptm: { name: "hands-mobile" },
      },
    ]);
    assert.deepEqual((await add("hands again", model)).warnings, warnings);
    await server.jobsOver();
    assert.deepEqual(await nearDuplicates("hands-mobile"), [
      { similarity: 1, reason: "SAME_FILE", ptm: { name: "hands again" } },
    ]);
  });

  test("of rounded weights are told once both were run, from both sides, and of others there are none", async () => {
    const model = await readFile(zooFile("ptms/letters-mobile.onnx"));
    const twin = withRoundedWeights(model);
    assert.notDeepEqual(twin, new Uint8Array(model));
    assert.deepEqual((await add("letters rounded", twin)).warnings, []);
    await server.jobsOver();
    for (const [name, other] of [
      ["letters-mobile", "letters rounded"],
      ["letters rounded", "letters-mobile"],
    ] as const) {
      const [found, ...more] = await nearDuplicates(name);
      assert.deepEqual([found!.reason, found!.ptm.name, more], ["SAME_FEATURES", other, []]);
      assert.ok(found!.similarity > 0.999 && found!.similarity <= 1, String(found!.similarity));
    }
    const [warning] = (await add("letters rounded", twin)).warnings;
    assert.match(
      warning!.message,
      /^PTM "letters-mobile" version 1 sees images nearly alike \((1\.000|0\.999)\)\.$/,
    );
    assert.deepEqual(await nearDuplicates("digits-mobile"), []);
  });

  test("are no warning of what was refused", async () => {
    const { ptm, warnings, userErrors } = await add(
      "digits-mobile",
      await readFile(zooFile("ptms/animals-mobile.onnx")),
    );
    assert.deepEqual([ptm, warnings, userErrors[0]!.code], [null, [], "CONFLICT"]);
  });
});

function vectorOf(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

function inner(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
