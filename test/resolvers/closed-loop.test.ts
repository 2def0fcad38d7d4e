import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { regretAt } from "../../src/engine/ranking/regret.js";
import { weightedTau } from "../../src/engine/ranking/weighted-tau.js";
import { fromGlobalId, toGlobalId } from "../../src/schema/global-id.js";
import { localViewer, type Viewer } from "../../src/services/access/viewer.js";
import { addPrivateTask } from "../support/private-task.js";
import { SMALL_ZOO, startTestServer, type TestServer } from "../support/server.js";

const BOB: Viewer = { ...localViewer("bob"), role: "CONTRIBUTOR" };

let server: TestServer;
before(async () => {
  server = await startTestServer({ ptms: SMALL_ZOO });
});
after(() => server.close());

interface Outcome {
  readonly id: string;
  readonly value: number;
  readonly verified: boolean;
  readonly withdrawn: boolean;
}

async function mutate(mutation: string, input: object): Promise<Outcome> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await server.ask<Record<string, { outcome: Outcome | null; userErrors: unknown[] }>>(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) {
      outcome { id value verified verifiedBy withdrawn withdrawalReason } userErrors { code message } } }`,
    { input },
  );
  assert.deepEqual(answer[mutation]!.userErrors, []);
  return answer[mutation]!.outcome!;
}

/** Keeps a ranking of all. @returns the ids of its PTMs, best first */
async function keep(taskId: string): Promise<string[]> {
  const { keepRanking } = await server.ask<{
    keepRanking: { ranking: { entries: { ptm: { id: string } }[] } };
  }>(
    `mutation ($input: KeepRankingInput!) { keepRanking(input: $input) { ranking { entries { ptm { id } } } } }`,
    { input: { taskId } },
  );
  return keepRanking.ranking.entries.map(({ ptm }) => ptm.id);
}

const EVALUATION = `query ($taskId: ID, $verifiedOnly: Boolean! = false) {
  evaluation(taskId: $taskId, verifiedOnly: $verifiedOnly) {
    taskCount
    spider { weightedTau { mean low high } regretAt1 { mean } regretAt3 { mean } }
    static { weightedTau { mean } }
    rankings(first: 10) { totalCount nodes {
      outcomeCount ranking { task { id } } spider { weightedTau regretAt1 regretAt3 } static { weightedTau } } }
  }
}`;

interface Evaluation {
  readonly taskCount: number;
  readonly spider: { weightedTau: { mean: number } | null; regretAt1: { mean: number } | null };
  readonly rankings: {
    totalCount: number;
    nodes: { outcomeCount: number; spider: object; static: unknown }[];
  };
}

async function evaluation(variables: object): Promise<Evaluation> {
  return (await server.ask<{ evaluation: Evaluation }>(EVALUATION, variables)).evaluation;
}

test("evaluation compares a kept ranking with the medians of what was measured after it, and nothing else", async () => {
  const taskId = await addPrivateTask(server, "foresight", 1);
  const before = { taskId, ptmId: (await keep(taskId))[0], metric: "before", value: 0.1 };
  await mutate("reportOutcome", before);
  const ptmIds = await keep(taskId); // outcomes changed the receipt: a second ranking, after that outcome
  const values = [0.4, 0.9, 0.6, 0.7];
  for (const [i, value] of values.entries()) {
    for (const [seed, noise] of [-0.01, 0.01, 0].entries()) {
      await mutate("reportOutcome", { taskId, ptmId: ptmIds[i], seed, value: value + noise });
    }
  }
  const { taskCount, rankings, spider } = await evaluation({ taskId });
  const scores = [-1, -2, -3, -4];
  const expected = {
    weightedTau: weightedTau(values, scores),
    regretAt1: 100 * regretAt(1, scores, values),
    regretAt3: 100 * regretAt(3, scores, values),
  };
  assert.equal(taskCount, 1);
  assert.equal(rankings.totalCount, 2);
  for (const node of rankings.nodes) {
    assert.deepEqual([node.outcomeCount, node.spider], [4, expected]);
  }
  assert.equal(spider.weightedTau!.mean, expected.weightedTau);
  assert.deepEqual((await evaluation({ taskId, verifiedOnly: true })).rankings, { totalCount: 0, nodes: [] });
});

test("evaluation of nothing has no means", async () => {
  const taskId = await addPrivateTask(server, "unmeasured", 2);
  await keep(taskId);
  const { taskCount, spider } = await evaluation({ taskId });
  assert.deepEqual([taskCount, spider], [0, { weightedTau: null, regretAt1: null, regretAt3: null }]);
});

test("a withdrawn outcome counts no more, stays readable, and the measurement can be reported anew", async () => {
  const taskId = await addPrivateTask(server, "withdrawal", 3);
  const [ptmId] = await keep(taskId);
  const wrong = await mutate("reportOutcome", { taskId, ptmId, value: 1 });
  const known = async (): Promise<unknown> => {
    const query = `query ($taskId: ID!) { rank(taskId: $taskId) { evidence { outcomeCount } entries { outcome { value count } } } }`;
    const { rank } = await server.ask<{ rank: { entries: { outcome: unknown }[] } }>(query, { taskId });
    return rank.entries[0]!.outcome;
  };
  assert.deepEqual(await known(), { value: 1, count: 1 });
  const { reviewOutcome } = server.container.services;
  const key = fromGlobalId(wrong.id)!.key;
  await assert.rejects(reviewOutcome.withdraw(key, "not mine", BOB), /reported the outcome, or a curator/);
  await mutate("withdrawOutcome", { outcomeId: wrong.id, reason: "Slipped." });
  await mutate("withdrawOutcome", { outcomeId: wrong.id, reason: "Slipped." });
  assert.equal(await known(), null);
  const right = await mutate("reportOutcome", { taskId, ptmId, value: 0.9 });
  assert.notEqual(right.id, wrong.id);
  assert.deepEqual(await known(), { value: 0.9, count: 1 });
  await assert.rejects(reviewOutcome.verify(key, localViewer("curator")), /was withdrawn: Slipped\./);

  await mutate("verifyOutcome", { outcomeId: right.id });
  const list = `query ($filter: OutcomeFilter) { outcomes(first: 5, filter: $filter) { totalCount nodes { id } } }`;
  for (const [filter, id] of [
    [{ verified: true }, right.id],
    [{ withdrawn: true }, wrong.id],
    [{ or: [{ value: { gte: 1 } }, { and: [{ value: { lte: 0 } }] }] }, wrong.id],
    [{ not: { or: [{ withdrawn: true }] } }, right.id],
    [{ metric: { eq: "accuracy" }, protocol: ["FULL_FINE_TUNE"], ptmId, withdrawn: false }, right.id],
  ] as const) {
    const { outcomes } = await server.ask<{ outcomes: unknown }>(list, { filter: { taskId, ...filter } });
    assert.deepEqual(outcomes, { totalCount: 1, nodes: [{ id }] }, JSON.stringify(filter));
  }
  const foreign = { filter: { not: { taskId: toGlobalId("Ptm", key) } } };
  assert.equal((await server.request(list, foreign)).errors?.[0]?.extensions.code, "NOT_FOUND");
});

test("outcomes are listed by value, both ways", async () => {
  for (const [orderBy, sign] of [
    ["LOWEST", 1],
    ["HIGHEST", -1],
  ] as const) {
    const { outcomes } = await server.ask<{ outcomes: { nodes: { value: number }[] } }>(
      `{ outcomes(first: 100, orderBy: ${orderBy}) { nodes { value } } }`,
    );
    const values = outcomes.nodes.map(({ value }) => value);
    assert.ok(values.length > 10);
    assert.deepEqual(
      values,
      [...values].sort((a, b) => sign * (a - b)),
    );
  }
});
