import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { CODE_VERSION } from "../../src/code-version.js";
import { fromGlobalId } from "../../src/schema/global-id.js";
import { localViewer, type Viewer } from "../../src/services/access/viewer.js";
import { constantNode, flattenModel, floats, FLOAT32, tensor } from "../support/onnx-parts.js";
import { addPrivateTask } from "../support/private-task.js";
import { startTestServer, type TestServer, zooFile } from "../support/server.js";

const CONTRIBUTOR: Viewer = { ...localViewer("ann"), role: "CONTRIBUTOR" };

let server: TestServer;
before(async () => {
  server = await startTestServer({ ptms: ["hands-mobile", "digits-mobile"] });
});
after(() => server.close());

interface Settled {
  readonly ptm: { readonly id: string; readonly [field: string]: unknown } | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

const FIELDS = `id name version latest aliases status retiredAt retirementReason tags license card`;

async function mutate(mutation: string, input: object): Promise<Settled> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ptm { ${FIELDS} } userErrors { code message } } }`;
  return (await server.ask<Record<string, Settled>>(query, { input }))[mutation]!;
}

/** Weights of their own, uploaded. */
function weights(value: number): Promise<string> {
  const node = constantNode(tensor("weight", [1], FLOAT32, floats(value)));
  return server.upload(flattenModel({ nodes: [node] }).finish());
}

async function added(name: string, value: number, further: object = {}): Promise<Settled["ptm"] & object> {
  const signature = { input: "image", height: 2, width: 2 };
  const { ptm, userErrors } = await mutate("addPtm", {
    name,
    artifact: await weights(value),
    signature,
    ...further,
  });
  assert.deepEqual(userErrors, []);
  await server.jobsOver();
  return ptm!;
}

function keyOf(id: string): string {
  return fromGlobalId(id)!.key;
}

async function idOf(name: string): Promise<string> {
  const { ptmByName } = await server.ask<{ ptmByName: { id: string } }>(
    `query ($name: String!) { ptmByName(name: $name) { id } }`,
    { name },
  );
  return ptmByName.id;
}

test("a version takes over what it does not bring, and exactly the newest of a name is the latest", async () => {
  const first = await added("Versioned", 1, { license: "MIT", tags: ["a"], card: "Words." });
  const { ptm: second } = await mutate("addPtmVersion", {
    ptmId: first.id,
    artifact: await weights(2),
    tags: ["b"],
  });
  const { name, version, latest, license, tags, card } = second!;
  assert.deepEqual(
    { name, version, latest, license, tags, card },
    { name: "Versioned", version: 2, latest: true, license: "MIT", tags: ["b"], card: "Words." },
  );
  const again = await mutate("addPtmVersion", { ptmId: second!.id, artifact: await weights(2) });
  assert.equal(again.ptm!.id, second!.id);
  const { ptm, ptmByName, ptms } = await server.ask<Record<string, unknown>>(
    `query ($id: ID!) {
      ptm(id: $id) { latest latestVersion { version } versions(first: 5) { totalCount nodes { version } } }
      ptmByName(name: "versioned") { version }
      ptms(first: 5, filter: { name: "VERSIONED", latest: true }) { nodes { version } }
    }`,
    { id: first.id },
  );
  assert.deepEqual(
    [ptm, ptmByName, ptms],
    [
      {
        latest: false,
        latestVersion: { version: 2 },
        versions: { totalCount: 2, nodes: [{ version: 2 }, { version: 1 }] },
      },
      { version: 2 },
      { nodes: [{ version: 2 }] },
    ],
  );
});

test("an alias is held by one version of a name, and a protected one moves at a curator's hand alone", async () => {
  const first = await added("Aliased", 3);
  const { ptm: second } = await mutate("addPtmVersion", { ptmId: first.id, artifact: await weights(4) });
  await mutate("updatePtm", { ptmId: first.id, aliases: ["production", "small"] });
  const { updatePtm } = server.container.services;
  for (const change of [
    { ptmId: keyOf(second!.id), aliases: ["production"] },
    { ptmId: keyOf(first.id), aliases: ["small"] },
  ]) {
    await assert.rejects(updatePtm.run(change, CONTRIBUTOR), /alias production needs the role CURATOR/);
  }
  await updatePtm.run({ ptmId: keyOf(first.id), aliases: ["production", "tiny"] }, CONTRIBUTOR);
  const byAlias = `{ ptmByName(name: "aliased", alias: "production") { version aliases } }`;
  assert.deepEqual(await server.ask(byAlias), { ptmByName: { version: 1, aliases: ["production", "tiny"] } });

  await mutate("updatePtm", { ptmId: second!.id, aliases: ["production"] });
  assert.deepEqual(await server.ask(byAlias), { ptmByName: { version: 2, aliases: ["production"] } });
  const { ptm } = await server.ask<{ ptm: object }>(`query ($id: ID!) { ptm(id: $id) { aliases } }`, {
    id: first.id,
  });
  assert.deepEqual(ptm, { aliases: ["tiny"] });

  const { userErrors } = await mutate("retirePtm", { ptmId: second!.id, reason: "old" });
  assert.match(userErrors[0]!.message, /is production; move that alias/);
  for (const alias of ["", "Production", "a b", "x".repeat(64), "1st"]) {
    const refused = await mutate("updatePtm", { ptmId: first.id, aliases: [alias] });
    assert.equal(refused.userErrors[0]?.code, "BAD_USER_INPUT", alias);
  }
});

test("updatePtm changes what it names, clears what is null and leaves the rest", async () => {
  const { id } = await added("Updated", 5, { license: "MIT", tags: ["a"], card: "Words." });
  const { ptm } = await mutate("updatePtm", { ptmId: id, card: null, tags: ["b", "b"] });
  assert.deepEqual([ptm!["card"], ptm!["tags"], ptm!["license"]], [null, ["b"], "MIT"]);
  const nobody = await mutate("updatePtm", { ptmId: "x", card: null });
  assert.equal(nobody.userErrors[0]?.code, "NOT_FOUND");
});

test("a retired PTM leaves rankings, stays readable, and comes back as it was", async () => {
  const [id, successorId] = [await idOf("hands-mobile"), await idOf("digits-mobile")];
  const taskId = await addPrivateTask(server, "retirement", 1);
  const ranked = async (): Promise<string[]> => {
    const query = `query ($taskId: ID!) { rank(taskId: $taskId) { entries { ptm { id } } } }`;
    const { rank } = await server.ask<{ rank: { entries: { ptm: { id: string } }[] } }>(query, { taskId });
    return rank.entries.map(({ ptm }) => ptm.id).sort();
  };
  const all = await ranked();
  const at = "2026-01-02T03:04:05.000Z";
  const { ptm } = await mutate("retirePtm", { ptmId: id, reason: " Licence. ", successorId, at });
  assert.deepEqual(
    [ptm!["status"], ptm!["retiredAt"], ptm!["retirementReason"]],
    ["RETIRED", at, "Licence."],
  );
  assert.deepEqual(
    await ranked(),
    all.filter((other) => other !== id),
  );
  const again = await mutate("retirePtm", { ptmId: id, reason: "Another." });
  assert.equal(again.ptm!["retirementReason"], "Licence.");
  const { ptm: read } = await server.ask<{ ptm: object }>(
    `query ($id: ID!) { ptm(id: $id) { successor { id } } }`,
    { id },
  );
  assert.deepEqual(read, { successor: { id: successorId } });

  const { ptm: back } = await mutate("unretirePtm", { ptmId: id });
  assert.deepEqual([back!["status"], back!["retiredAt"], back!["retirementReason"]], ["READY", null, null]);
  assert.deepEqual(await ranked(), all);
});

test("retirement is refused with a reason that says nothing, a day to come, itself or nobody as successor", async () => {
  const ptmId = await idOf("digits-mobile");
  for (const [further, code] of [
    [{ reason: " " }, "BAD_USER_INPUT"],
    [{ at: "2999-01-01T00:00:00Z" }, "BAD_USER_INPUT"],
    [{ successorId: ptmId }, "BAD_USER_INPUT"],
    [{ successorId: "x" }, "NOT_FOUND"],
    [{ reason: "x".repeat(2001) }, "BAD_USER_INPUT"],
  ] as const) {
    const { ptm, userErrors } = await mutate("retirePtm", { ptmId, reason: "old", ...further });
    assert.deepEqual([ptm, userErrors[0]?.code], [null, code]);
  }
});

test("a retired task is not ranked until it comes back", async () => {
  const taskId = await addPrivateTask(server, "withdrawn", 2);
  const input = { taskId, reason: "Wrong labels." };
  const rank = `query ($taskId: ID!) { rank(taskId: $taskId) { zooSize } }`;
  assert.ok(await server.ask(rank, { taskId }), "what is remembered of it must not answer later");
  await server.ask(
    `mutation ($input: RetireTaskInput!) { retireTask(input: $input) { userErrors { code } } }`,
    { input },
  );
  const { errors } = await server.request(rank, { taskId });
  assert.equal(errors?.[0]?.extensions.code, "FAILED_PRECONDITION");
  assert.match(errors[0].message, /is retired: Wrong labels\./);
  await server.ask(
    `mutation ($input: UnretireTaskInput!) { unretireTask(input: $input) { task { status } userErrors { code } } }`,
    { input: { taskId } },
  );
  assert.ok(await server.ask(rank, { taskId }));
});

test("a PTM knows what it was made from and what was made from it", async () => {
  const base = await added("Base", 6);
  const child = await added("Child", 7, { baseModelId: base.id });
  const answer = await server.ask(
    `query ($base: ID!, $child: ID!) {
      base: ptm(id: $base) { baseModel { id } derived(first: 5) { totalCount nodes { name } } }
      child: ptm(id: $child) { baseModel { name } derived(first: 5) { totalCount } }
    }`,
    { base: base.id, child: child.id },
  );
  assert.deepEqual(answer, {
    base: { baseModel: null, derived: { totalCount: 1, nodes: [{ name: "Child" }] } },
    child: { baseModel: { name: "Base" }, derived: { totalCount: 0 } },
  });
  const input = {
    name: "Orphan",
    artifact: await weights(8),
    baseModelId: "x",
    signature: { input: "image", height: 2, width: 2 },
  };
  assert.equal((await mutate("addPtm", input)).userErrors[0]?.code, "NOT_FOUND");
});

test("history tells every change, newest first, with what was and what became", async () => {
  const { id } = await added("Remembered", 9, { license: "MIT" });
  await mutate("updatePtm", { ptmId: id, license: "Apache-2.0" });
  await mutate("updatePtm", { ptmId: id, license: "Apache-2.0" });
  await mutate("retirePtm", { ptmId: id, reason: "old" });
  const { ptm } = await server.ask<{
    ptm: { history: { totalCount: number; nodes: { action: string; changes: unknown[] }[] } };
  }>(
    `query ($id: ID!) { ptm(id: $id) { history(first: 10) { totalCount nodes { actor action changes { field before after } } } } }`,
    { id },
  );
  assert.deepEqual(
    ptm.history.nodes.map(({ action }) => action),
    ["retirePtm", "updatePtm", "addPtm"],
  );
  assert.equal(ptm.history.totalCount, 3);
  assert.deepEqual(ptm.history.nodes[1]!.changes, [
    { field: "license", before: `"MIT"`, after: `"Apache-2.0"` },
  ]);
});

test("tokens say which code computed them, from what", async () => {
  const { ptmByName } = await server.ask<{ ptmByName: { artifact: object; token: object } }>(`{
    ptmByName(name: "hands-mobile") { artifact { sha256 } token { codeVersion spider { encoderSha256 } } } }`);
  const { createHash } = await import("node:crypto");
  const sha256 = createHash("sha256")
    .update(await readFile(zooFile("ptms/hands-mobile.onnx")))
    .digest("hex");
  assert.deepEqual(ptmByName.artifact, { sha256 });
  assert.equal((ptmByName.token as { codeVersion: string }).codeVersion, CODE_VERSION);
});
