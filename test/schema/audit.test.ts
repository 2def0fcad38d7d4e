import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { AuditEvent } from "../../src/entities/audit-event.js";
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

const mutations = Object.values(plainSchema.getMutationType()!.getFields());

function events(): Promise<AuditEvent[]> {
  return world.container.dataSource.getRepository(AuditEvent).find({ order: { id: "ASC" } });
}

test("every mutation has an example that changes something", () => {
  assert.deepEqual(mutations.map(({ name }) => name).sort(), Object.keys(MUTATION_EXAMPLES).sort());
});

for (const { name, args } of mutations) {
  test(`36: ${name} writes down once what it changed, and nothing when it is repeated`, async () => {
    const input = await MUTATION_EXAMPLES[name]!(given);
    const known = new Set((await events()).map(({ id }) => id));
    const mutation = `mutation ($input: ${String(args[0]!.type)}) { ${name}(input: $input) { userErrors { code message } } }`;
    const ask = async (): Promise<unknown> =>
      (await given.api.ask<Record<string, unknown>>(mutation, { input }))[name];

    assert.deepEqual(await ask(), { userErrors: [] });
    const written = (await events()).filter(({ id }) => !known.has(id));
    assert.deepEqual(
      written.map(({ action, actor, role }) => ({ action, actor, role })),
      [{ action: name, actor: "local", role: "ADMIN" }],
    );
    const [event] = written;
    assert.match(event!.requestId ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(event!.after === null, name.startsWith("remove"));
    assert.notDeepEqual(event!.after, event!.before);

    await ask();
    assert.equal((await events()).length, known.size + 1);
  });
}

test("36: an upload is written down once", async () => {
  const known = (await events()).length;
  const digest = await given.api.upload(Buffer.from("some file"));
  await given.api.upload(Buffer.from("some file"));
  const [event, ...others] = (await events()).slice(known);
  assert.deepEqual(others, []);
  assert.deepEqual([event!.action, event!.subjectId], ["uploadArtifact", digest]);
});

test("36: what is refused leaves nothing behind", async () => {
  const known = (await events()).length;
  const input = { taskId: "x", ptmId: "y", value: 1 };
  await given.api.ask(
    `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { code } } }`,
    { input },
  );
  assert.equal((await events()).length, known);
});

test("36: nobody changes or deletes what was written down", async () => {
  const { dataSource } = world.container;
  for (const statement of [
    `UPDATE audit_event SET actor = 'somebody else'`,
    `DELETE FROM audit_event`,
    `TRUNCATE audit_event`,
  ]) {
    await assert.rejects(dataSource.query(statement), /permission denied/);
  }
});
