import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Config } from "../../src/config.js";
import type { Container } from "../../src/container.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { childrenOf } from "../support/processes.js";
import { openRerankWorld, type RerankWorld } from "../support/rerank-world.js";
import { missingVulkan } from "../support/vulkan.js";

const missing = process.platform === "darwin" ? "dml" : "coreml";
const RANK = `query ($taskId: ID!) { rank(taskId: $taskId, topK: 3) { entries { ptm { name } fitness } } }`;
const HEALTH = `{ health { requestedProviders provider fallbackReason } }`;

interface Health {
  health: { requestedProviders: string[]; provider: string | null; fallbackReason: string | null };
}
interface Ranked {
  rank: { entries: { ptm: { name: string }; fitness: number }[] };
}

let world: RerankWorld;
before(async () => {
  world = await openRerankWorld(["a", "b", "c"]);
});
after(() => world.close());

async function serve(executionProviders: Config["executionProviders"]) {
  const container = await world.openAnother({ executionProviders });
  const address = await container.serve();
  const answer = async (query: string, variables = {}): Promise<{ data?: unknown; errors?: unknown }> => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as { data?: unknown; errors?: unknown };
  };
  const ask = async <Data>(query: string, variables = {}): Promise<Data> => {
    const { data, errors } = await answer(query, variables);
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data as Data;
  };
  return { container, ask, answer };
}

/** Kills the processes that this one has started since. */
function killOthersThan(known: ReadonlySet<number>): void {
  for (const pid of childrenOf(process.pid)) if (!known.has(pid)) process.kill(pid, "SIGKILL");
}

async function fallback({ metrics }: Container): Promise<number> {
  return Number(/^orb_scorer_fallback (\d)$/m.exec((await metrics.text()).body)?.[1]);
}

test("a server says what computes its rankings", async () => {
  const { container, ask } = await serve(["cpu"]);
  const expected = { requestedProviders: ["CPU"], provider: "CPU", fallbackReason: null };
  assert.deepEqual((await ask<Health>(HEALTH)).health, expected);
  assert.equal(await fallback(container), 0);
});

test("81: where the device asked for first is missing, the processor ranks, and health says why", async () => {
  const { container, ask } = await serve([missing, "cpu"]);
  const taskId = toGlobalId("Task", (await world.addTask(1)).id);
  assert.equal((await ask<Ranked>(RANK, { taskId })).rank.entries.length, 3);
  const { health } = await ask<Health>(HEALTH);
  assert.deepEqual(health.requestedProviders, [missing.toUpperCase(), "CPU"]);
  assert.equal(health.provider, "CPU");
  assert.match(health.fallbackReason ?? "", new RegExp(`^execution provider ${missing} cannot be used: `));
  assert.equal(await fallback(container), 1);
});

test("81: a server that was told to use a device alone does not start without it, and says what to do", async () => {
  await assert.rejects(
    world.openAnother({ executionProviders: [missing] }),
    new RegExp(
      `^Error: The configuration .* ORB_EXECUTION_PROVIDERS=${missing}, but execution provider ${missing} cannot be used: ` +
        `.*\nSee docs/gpu.md .* a list that ends in cpu starts without it.$`,
    ),
  );
});

test("81: a server whose GPU process is killed goes on ranking on the processor", async (context) => {
  const unusable = await missingVulkan();
  if (unusable) return context.skip(unusable);
  const { container, ask } = await serve(["webgpu", "cpu"]);
  const { ask: askProcessor } = await serve(["cpu"]);
  const others = new Set(childrenOf(process.pid));
  const rankBoth = async (seed: number): Promise<void> => {
    const taskId = toGlobalId("Task", (await world.addTask(seed)).id);
    const [device, processor] = await Promise.all(
      [ask, askProcessor].map((one) => one<Ranked>(RANK, { taskId })),
    );
    const [got, expected] = [device!.rank.entries, processor!.rank.entries];
    assert.deepEqual(
      got.map(({ ptm }) => ptm),
      expected.map(({ ptm }) => ptm),
    );
    const largest = Math.max(...expected.map(({ fitness }) => Math.abs(fitness)));
    for (const [i, { fitness }] of got.entries()) {
      assert.ok(Math.abs(fitness - expected[i]!.fitness) <= 1e-5 * largest);
    }
  };

  await rankBoth(2);
  const before = (await ask<Health>(HEALTH)).health;
  assert.deepEqual(before, {
    requestedProviders: ["WEBGPU", "CPU"],
    provider: "WEBGPU",
    fallbackReason: null,
  });
  killOthersThan(others);
  await rankBoth(3);
  const { health } = await ask<Health>(HEALTH);
  assert.equal(health.provider, "CPU");
  assert.match(
    health.fallbackReason ?? "",
    /^execution provider webgpu was lost: .* was killed; trying cpu$/,
  );
  assert.equal(await fallback(container), 1);
});

test("81: with a GPU alone a question is UNAVAILABLE when its process is killed, and the next one opens it anew", async (context) => {
  const unusable = await missingVulkan();
  if (unusable) return context.skip(unusable);
  const { ask, answer } = await serve(["webgpu"]);
  const others = new Set(childrenOf(process.pid));
  const taskOf = async (seed: number) => ({ taskId: toGlobalId("Task", (await world.addTask(seed)).id) });
  assert.equal((await ask<Ranked>(RANK, await taskOf(4))).rank.entries.length, 3);
  killOthersThan(others);
  const { errors } = await answer(RANK, await taskOf(5));
  assert.match(JSON.stringify(errors), /The device that ranks was lost; ask again.*"code":"UNAVAILABLE"/);
  const { provider, fallbackReason } = (await ask<Health>(HEALTH)).health;
  assert.equal(provider, null);
  assert.match(fallbackReason ?? "", /^execution provider webgpu was lost: .* was killed$/);
  assert.equal((await ask<Ranked>(RANK, await taskOf(6))).rank.entries.length, 3);
  assert.deepEqual((await ask<Health>(HEALTH)).health, {
    requestedProviders: ["WEBGPU"],
    provider: "WEBGPU",
    fallbackReason: null,
  });
});
