// Orbweaver on the demo zoo and, beside it, BENCH_PTMS seeded PTMs and BENCH_TASKS seeded tasks. A child of http.mjs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { reportTo } from "./http-child.mjs";
import { seed } from "./seed.mjs";

const src = new URL("../dist/src/", import.meta.url);
const { Container } = await import(new URL("container.js", src));
const { readConfig } = await import(new URL("config.js", src));
const { createLogger } = await import(new URL("log.js", src));
const { importZooWithProgress } = await import(new URL("cli/import-zoo.js", src));

const home = await mkdtemp(join(tmpdir(), "orb-bench-"));
Object.assign(process.env, {
  ORB_HOME: home,
  ORB_PORT: "0",
  ORB_AUTH: "off",
  ORB_RATE_PER_MINUTE: "1000000000",
});
const container = await Container.open(readConfig(), createLogger("warn"));
await container.work();
await importZooWithProgress(container, { tasks: true });
const [ptms, seededTasks] = [process.env.BENCH_PTMS, process.env.BENCH_TASKS].map((text) =>
  Number(text ?? 0),
);
if (ptms > 0) {
  await seed(container.dataSource, { names: ptms / 5, versions: 5, tasks: seededTasks, outcomes: 0 });
}
const url = new URL(await container.serve());
const query = `query ($taskId: ID!) {
  rank(taskId: $taskId, topK: 10) { receipt entries { rank fitness ptm { name } } }
}`;
const ask = async (body) => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(new URL("/graphql", url), {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const known = async (filter) => {
  const ids = "query ($filter: TaskFilter) { tasks(first: 100, filter: $filter) { nodes { id } } }";
  const { tasks } = await ask({ query: ids, variables: { filter } });
  return tasks.nodes.map(({ id }) => ({ query, variables: { taskId: id } }));
};
const [body] = await known({ not: { text: "task" } });
const fresh = ptms > 0 ? await known({ text: "task" }) : [];
await ask(body); // brings the zoo into memory
reportTo(process, { port: Number(url.port), path: "/graphql", body, fresh });
process.once("SIGTERM", () => void stop());

async function stop() {
  await container.close();
  await rm(home, { recursive: true });
  process.disconnect();
}
