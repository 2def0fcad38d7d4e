import assert from "node:assert/strict";
import { test } from "node:test";

import { graphql, type GraphQLError, parse, subscribe } from "graphql";

import { rootFields } from "../../src/schema/build-schema.js";
import { roleOf } from "../../src/schema/requires-role.js";
import { hasRole, localViewer, type Role, ROLES } from "../../src/services/access/viewer.js";
import { minimalOperation } from "../support/minimal-operation.js";
import { plainSchema as schema } from "../support/plain-schema.js";

/**
 * Who may ask for what, said a second time: a rule that changes by accident, or a field that nobody thought about, differs
 * from this list.
 */
const RULES: Readonly<Record<string, Role>> = {
  "Mutation.activateSpider": "CURATOR",
  "Mutation.addWebhook": "ADMIN",
  "Mutation.pingWebhook": "ADMIN",
  "Mutation.removeWebhook": "ADMIN",
  "Mutation.replayWebhookDelivery": "ADMIN",
  "Mutation.rotateWebhookSecret": "ADMIN",
  "Mutation.updateWebhook": "ADMIN",
  "Query.webhookDeliveries": "ADMIN",
  "Query.webhooks": "ADMIN",
  "Mutation.createPool": "CURATOR",
  "Mutation.measurePool": "CURATOR",
  "Mutation.trainSpider": "CURATOR",
  "Query.pool": "VIEWER",
  "Query.pools": "VIEWER",
  "Subscription.spiderUpdated": "VIEWER",
  "Mutation.addPtm": "CONTRIBUTOR",
  "Mutation.addPtmVersion": "CONTRIBUTOR",
  "Mutation.addTask": "CONTRIBUTOR",
  "Mutation.cancelJob": "CONTRIBUTOR",
  "Mutation.createAccessKey": "ADMIN",
  "Mutation.importPtm": "CONTRIBUTOR",
  "Mutation.keepRanking": "CONTRIBUTOR",
  "Mutation.measureTransferability": "CONTRIBUTOR",
  "Mutation.reportOutcome": "CONTRIBUTOR",
  "Mutation.reportOutcomes": "CONTRIBUTOR",
  "Mutation.rerank": "CONTRIBUTOR",
  "Mutation.retirePtm": "CURATOR",
  "Mutation.retireTask": "CURATOR",
  "Mutation.unretirePtm": "CURATOR",
  "Mutation.unretireTask": "CURATOR",
  "Mutation.updatePtm": "CONTRIBUTOR",
  "Mutation.revokeAccessKey": "ADMIN",
  "Query.accessKeys": "ADMIN",
  "Mutation.verifyOutcome": "CURATOR",
  "Mutation.withdrawOutcome": "CONTRIBUTOR",
  "Query.evaluation": "VIEWER",
  "Query.outcomes": "VIEWER",
  "Query.auditEvents": "ADMIN",
  "Query.rateLimit": "VIEWER",
  "Query.health": "ADMIN",
  "Query.job": "VIEWER",
  "Query.jobs": "VIEWER",
  "Query.node": "VIEWER",
  "Query.nodes": "VIEWER",
  "Query.ptm": "VIEWER",
  "Query.ptmByName": "VIEWER",
  "Query.ptmFacets": "VIEWER",
  "Query.ptms": "VIEWER",
  "Query.pareto": "VIEWER",
  "Query.rank": "VIEWER",
  "Query.rankMany": "VIEWER",
  "Query.ranking": "VIEWER",
  "Query.rankings": "VIEWER",
  "Query.spider": "VIEWER",
  "Query.spiders": "VIEWER",
  "Query.task": "VIEWER",
  "Query.taskByName": "VIEWER",
  "Query.tasks": "VIEWER",
  "Query.viewer": "VIEWER",
  "Subscription.jobUpdated": "VIEWER",
  "Subscription.ptmUpdated": "VIEWER",
  "Subscription.rankingUpdated": "VIEWER",
  "Subscription.rerankCompleted": "VIEWER",
};

test("every root field has the rule that is expected of it", () => {
  const rules = [...rootFields(schema)].map(([name, field]) => [name, roleOf(field)]);
  assert.deepEqual(Object.fromEntries(rules), RULES);
});

/** Whether an operation got past the rule: what then happens, without any service behind the schema, does not matter. */
async function isAdmitted(operation: string, role: Role): Promise<boolean> {
  const contextValue = { viewer: { ...localViewer("test"), role } };
  const run = operation.startsWith("subscription")
    ? subscribe({ schema, document: parse(operation), contextValue })
    : graphql({ schema, source: operation, contextValue });
  const { errors = [] } = (await run) as { errors?: readonly GraphQLError[] };
  for (const { message } of errors) assert.doesNotMatch(message, /^Syntax Error|Cannot query|argument/);
  return !errors.some(({ originalError }) => (originalError as { code?: string }).code === "FORBIDDEN");
}

for (const role of ROLES) {
  test(`32: ${role} may do what its rules say, and nothing else`, async () => {
    for (const [name, field] of rootFields(schema)) {
      const expected = hasRole({ role }, RULES[name]!);
      assert.equal(await isAdmitted(minimalOperation(name, field), role), expected, `${role} ${name}`);
    }
  });
}

test("roles are steps: each may do all that the ones before it may", () => {
  for (const [i, role] of ROLES.entries()) {
    assert.deepEqual(
      ROLES.filter((needed) => hasRole({ role }, needed)),
      ROLES.slice(0, i + 1),
    );
  }
});
