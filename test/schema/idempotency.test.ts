import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { getNamedType, graphql, isInputObjectType, isObjectType } from "graphql";

import { AccessKey } from "../../src/entities/access-key.js";
import { AnsweredRequest } from "../../src/entities/answered-request.js";
import { AuditEvent } from "../../src/entities/audit-event.js";
import { Ranking } from "../../src/entities/ranking.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { localViewer } from "../../src/services/access/viewer.js";
import { type Given, MUTATION_EXAMPLES } from "../support/mutation-examples.js";
import { plainSchema } from "../support/plain-schema.js";
import { openRerankWorld, type RerankWorld } from "../support/rerank-world.js";
import { client } from "../support/server.js";

let world: RerankWorld;
let given: Given;
before(async () => {
  world = await openRerankWorld(["first", "second"]);
  given = { world, api: client(await world.container.serve()) };
});
after(() => world.close());

/** Those that make something. All others leave what they find as they would make it. */
const WITH_KEY = Object.values(plainSchema.getMutationType()!.getFields()).filter(({ args }) => {
  const type = getNamedType(args[0]!.type);
  return isInputObjectType(type) && "idempotencyKey" in type.getFields();
});

interface Payload {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  readonly secret?: string | null;
  readonly [part: string]: unknown;
}

/** Asks for the ids of all that the mutation gives. */
async function ask(name: string, input: object): Promise<Payload> {
  const field = plainSchema.getMutationType()!.getFields()[name]!;
  const payload = getNamedType(field.type);
  assert.ok(isObjectType(payload));
  const parts = Object.values(payload.getFields()).map(({ name: part, type }) => {
    const made = getNamedType(type);
    if (!isObjectType(made)) return part;
    if (part === "userErrors") return "userErrors { code message }";
    return "id" in made.getFields() ? `${part} { id }` : `${part} { __typename }`;
  });
  const mutation = `mutation ($input: ${String(field.args[0]!.type)}) { ${name}(input: $input) { ${parts.join(" ")} } }`;
  return (await given.api.ask<Record<string, Payload>>(mutation, { input }))[name]!;
}

const withoutSecret = (payload: Payload): object => ({ ...payload, secret: null });
const count = (entity: new () => object): Promise<number> =>
  world.container.dataSource.getRepository(entity).count();

test("every mutation that makes something takes a key", () => {
  assert.deepEqual(WITH_KEY.map(({ name }) => name).sort(), [
    "addPtm",
    "addPtmVersion",
    "addTask",
    "addWebhook",
    "createAccessKey",
    "createPool",
    "importPtm",
    "keepRanking",
    "measurePool",
    "measureTransferability",
    "pingWebhook",
    "reportOutcome",
    "rerank",
    "rotateWebhookSecret",
    "trainSpider",
  ]);
});

for (const { name } of WITH_KEY) {
  test(`70: ${name} does once what is sent many times under one key, and answers the same`, async () => {
    const input = { ...(await MUTATION_EXAMPLES[name]!(given)), idempotencyKey: name };
    const [events, answered] = [await count(AuditEvent), await count(AnsweredRequest)];
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(name, input)));
    answers.push(await ask(name, input));
    const [first, ...others] = answers.map(withoutSecret);
    assert.deepEqual((first as Payload).userErrors, []);
    assert.ok(Object.entries(first!).some(([part, value]) => part !== "userErrors" && value !== null));
    for (const other of others) assert.deepEqual(other, first);
    assert.equal(await count(AuditEvent), events + 1);
    assert.equal(await count(AnsweredRequest), answered + 1, "its service calls `once`");
  });
}

test("70: fifty at once make one re-ranking, also when it has ended; another input is refused; a day later the key is free", async () => {
  const task = await world.addTask(60);
  const input = { taskId: toGlobalId("Task", task.id), topK: 1, idempotencyKey: "nightly" };
  const rankings = await count(Ranking);
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("rerank", input)));
  assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
  assert.deepEqual(answers[0]!.userErrors, []);
  const { id: jobId } = answers[0]!["job"] as { id: string };
  await given.api.ask(`mutation ($input: CancelJobInput!) { cancelJob(input: $input) { job { id } } }`, {
    input: { jobId },
  });
  assert.deepEqual(await ask("rerank", input), answers[0]);
  assert.equal(await count(Ranking), rankings + 1);

  for (const [mutation, other] of [
    ["rerank", { ...input, topK: 2 }],
    ["keepRanking", { taskId: input.taskId, topK: 1, idempotencyKey: "nightly" }],
  ] as const) {
    const { userErrors } = await ask(mutation, other);
    assert.deepEqual(userErrors, [
      {
        code: "CONFLICT",
        message: "The idempotency key came with another request before; use a new key for a new request.",
      },
    ]);
  }

  await world.container.dataSource.query(
    `UPDATE answered_request SET created_at = now() - interval '24 hours 1 second'`,
  );
  const later = await ask("rerank", input);
  assert.deepEqual(later.userErrors, []);
  assert.notDeepEqual(later["ranking"], answers[0]!["ranking"]);
  assert.equal(await count(AnsweredRequest), 1, "lapsed keys are removed");
});

test("70: a secret is in the first answer alone, and nowhere in what is kept of it", async () => {
  const input = { name: "a holder", role: "VIEWER", idempotencyKey: "one-key" };
  const known = await count(AccessKey);
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("createAccessKey", input)));
  assert.equal(await count(AccessKey), known + 1);
  const secrets = answers.flatMap(({ secret }) => secret ?? []);
  assert.equal(secrets.length, 1);
  const kept = JSON.stringify(await world.container.dataSource.getRepository(AnsweredRequest).find());
  assert.ok(!kept.includes(secrets[0]!) && !kept.includes(secrets[0]!.slice(-20)));
});

test("a request that was refused leaves its key free", async () => {
  const wrong = { name: "\u0007", role: "VIEWER", idempotencyKey: "again" };
  assert.equal((await ask("createAccessKey", wrong)).userErrors[0]!.code, "BAD_USER_INPUT");
  const right = { ...wrong, name: "another holder" };
  assert.deepEqual((await ask("createAccessKey", right)).userErrors, []);
});

test("what comes in another order is the same request", async () => {
  const first = await ask("createAccessKey", { name: "orders", role: "ADMIN", idempotencyKey: "order" });
  const again = await ask("createAccessKey", { idempotencyKey: "order", role: "ADMIN", name: "orders" });
  assert.deepEqual(withoutSecret(again), withoutSecret(first));
  assert.deepEqual(again.userErrors, []);
});

test("a key is 1 to 200 visible ASCII characters", async () => {
  for (const idempotencyKey of ["", "with space", "line\nbreak", "ä", "x".repeat(201)]) {
    const { userErrors } = await ask("createAccessKey", { name: "x", role: "VIEWER", idempotencyKey });
    assert.deepEqual(userErrors, [
      { code: "BAD_USER_INPUT", message: "idempotencyKey must be 1 to 200 visible ASCII characters." },
    ]);
  }
});

test("who may not ask is refused before anything is answered", async () => {
  const { errors } = await graphql({
    schema: plainSchema,
    source: `mutation { createAccessKey(input: { name: "x", role: ADMIN, idempotencyKey: "one-key" }) { secret } }`,
    contextValue: { viewer: { ...localViewer("local"), role: "VIEWER" } },
  });
  assert.match(errors![0]!.message, /createAccessKey needs the role ADMIN/);
});

test("each caller has keys of its own", async () => {
  const request = { key: "shared", fingerprint: "0".repeat(64) };
  const { createAccessKey } = world.container.services;
  for (const name of ["one", "other"]) {
    const viewer = { ...localViewer(name), request };
    const { accessKey } = await createAccessKey.run({ name: `made by ${name}`, role: "VIEWER" }, viewer);
    assert.equal(accessKey.createdBy, name);
    await assert.rejects(createAccessKey.run({ name: `again by ${name}`, role: "VIEWER" }, viewer), {
      name: "AnsweredBefore",
    });
  }
});
