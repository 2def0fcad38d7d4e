// Milliseconds of every list page and filter, of `rank` with a filter, and of reports, over HTTP on a seeded registry:
// 10,000 PTMs with 5 versions, 1,000 tasks, 200,000 outcomes. Writes results/registry.json.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, getPriority, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { seed, SIZES } from "./seed.mjs";

const ROUNDS = 40;
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
await importZooWithProgress(container, { tasks: false });
const seedBegin = performance.now();
await seed(container.dataSource);
console.log(`seeded in ${((performance.now() - seedBegin) / 1000).toFixed(1)} s`);
const url = new URL("/graphql", await container.serve());

async function ask(query, variables = {}) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`);
  return data;
}

const PAGE = "pageInfo { endCursor hasNextPage }";
const ptms = (
  rest,
) => `query ($after: String) { ptms(first: 50, after: $after${rest}) { nodes { id name version status tags
  license architecture parameterCount sizeBytes } ${PAGE} } }`;
const tasks = (rest) =>
  `query ($after: String) { tasks(first: 50, after: $after${rest}) { nodes { id name classes } ${PAGE} } }`;
const outcomes = (rest) => `query ($after: String) { outcomes(first: 50, after: $after${rest}) {
  nodes { id metric value task { name } ptm { name } } ${PAGE} } }`;
const { tasks: first } = await ask(`{ tasks(first: 1) { nodes { id } } }`);
const taskId = first.nodes[0].id;

const LISTS = {
  ...Object.fromEntries(
    ["NEWEST", "OLDEST", "NAME", "FEWEST_PARAMETERS", "MOST_PARAMETERS", "SMALLEST", "LARGEST"].map(
      (order) => [`ptms by ${order}`, ptms(`, orderBy: ${order}`)],
    ),
  ),
  "ptms, latest": ptms(", filter: { latest: true }"),
  "ptms, a licence": ptms(`, filter: { license: ["MIT"] }`),
  "ptms, no such licence": ptms(`, filter: { license: ["none"] }, orderBy: FEWEST_PARAMETERS`),
  "ptms, a tag": ptms(`, filter: { tags: ["group-7"] }, orderBy: NAME`),
  "ptms, part of a name": ptms(`, filter: { where: { name: { contains: "_123" } } }`),
  "ptms, no such part": ptms(`, filter: { where: { name: { contains: "zzzz" } } }, orderBy: NAME`),
  "ptms, words": ptms(`, filter: { text: "tumour documented" }`),
  "ptms, rare words": ptms(`, filter: { text: "resnet_1232" }, orderBy: SMALLEST`),
  "ptms, no such words": ptms(`, filter: { text: "chrysanthemum" }`),
  "ptms, under 30 M and Apache": ptms(
    `, filter: { parameterCount: { lte: 30e6 }, license: ["Apache-2.0"] }, orderBy: NAME`,
  ),
  "ptms, or and not": ptms(
    `, filter: { or: [{ tags: ["medical"] }, { architecture: ["vit"] }], not: { license: ["MIT"] } }`,
  ),
  "ptms, who": ptms(`, filter: { createdBy: { eq: "user-7" } }, orderBy: LARGEST`),
  ...Object.fromEntries(
    ["NEWEST", "NAME", "FEWEST_SAMPLES", "MOST_SAMPLES"].map((order) => [
      `tasks by ${order}`,
      tasks(`, orderBy: ${order}`),
    ]),
  ),
  "tasks, words": tasks(`, filter: { text: "harbour" }`),
  "tasks, a class": tasks(`, filter: { classes: { contains: "class-3" } }`),
  ...Object.fromEntries(
    ["NEWEST", "OLDEST", "LOWEST", "HIGHEST"].map((order) => [
      `outcomes by ${order}`,
      outcomes(`, orderBy: ${order}`),
    ]),
  ),
  "outcomes of a task": outcomes(`, filter: { taskId: "${taskId}" }, orderBy: HIGHEST`),
  "outcomes, verified accuracy": outcomes(
    `, filter: { verified: true, metric: { eq: "accuracy" }, value: { gte: 0.5 } }`,
  ),
  "outcomes, who": outcomes(`, filter: { reportedBy: { eq: "user-7" } }, orderBy: LOWEST`),
  "outcomes, withdrawn": outcomes(`, filter: { withdrawn: true }, orderBy: HIGHEST`),
};
const OTHERS = {
  "totalCount of ptms": `{ ptms(first: 1) { totalCount } }`,
  "totalCount of a filter": `{ ptms(first: 1, filter: { license: ["MIT"], tags: ["medical"] }) { totalCount } }`,
  "outcomes inside 50 tasks, filtered": `{ tasks(first: 50) { nodes {
    outcomes(first: 5, filter: { metric: { eq: "accuracy" } }, orderBy: HIGHEST) { totalCount nodes { value } } } } }`,
  "versions and outcomes inside 50 PTMs": `{ ptms(first: 50) { nodes { versions(first: 5, orderBy: OLDEST) { nodes { version } }
    outcomes(first: 5, orderBy: HIGHEST) { nodes { value task { name } } } } } }`,
  "ptmFacets, all": `{ ptmFacets(first: 20) { tags { value count } licenses { value count } architectures { value count } } }`,
  "ptmFacets, latest": `{ ptmFacets(first: 20, filter: { latest: true }) { tags { value count } licenses { value count } } }`,
  "ptmFacets, a filter": `{ ptmFacets(first: 20, filter: { tags: ["group-7"] }) { tags { value count } licenses { value count } } }`,
};

const results = {};
function note(what, times) {
  times.sort((a, b) => a - b);
  const at = (share) =>
    Number(times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(2));
  results[what] = { p50: at(0.5), p99: at(0.99) };
  const shown = Object.entries(results[what]).map(([name, time]) => `${name} ${String(time).padStart(8)} ms`);
  console.log(`${what.padEnd(44)} ${shown.join("   ")}`);
}

/** Times what each round asks, after what is done before it, which is not timed. */
async function rounds(what, count, request, before = async () => undefined) {
  const times = [];
  for (let round = 0; round < count; round++) {
    await before(round);
    const [query, variables, after] = request(round);
    const begin = performance.now();
    const data = await ask(query, variables);
    times.push(performance.now() - begin);
    after?.(data);
  }
  note(what, times);
}

for (const [what, query] of Object.entries(LISTS)) {
  let after = null;
  const keepPlace = (data) => {
    const { hasNextPage, endCursor } = Object.values(data)[0].pageInfo;
    after = hasNextPage ? endCursor : null;
  };
  await ask(query);
  await rounds(what, ROUNDS, () => [query, { after }, keepPlace]); // each round the next page
}
for (const [what, query] of Object.entries(OTHERS)) {
  await ask(query);
  await rounds(what, ROUNDS, () => [query, {}]);
}

const RANK = `query ($taskId: ID!, $lte: Float!) { rank(taskId: $taskId, topK: 10, filter: {
  license: ["Apache-2.0"], parameterCount: { lte: $lte } }) { zooSize entries { rank fitness ptm { name } } } }`;
const { tasks: ranked } = await ask(`{ tasks(first: 100) { nodes { id } } }`);
const { ptms: shown } = await ask(`{ ptms(first: 50) { nodes { id } } }`);
const others = ranked.nodes.slice(1).map(({ id }) => id);
const FACETS = `{ ptmFacets(first: 20) { tags { value count } licenses { value count } } }`;

const report = (round) => {
  const input = {
    taskId,
    ptmId: shown.nodes[round].id,
    metric: "accuracy",
    value: 0.5,
    seed: 1_000_000 + round,
  };
  return ask(
    `mutation ($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`,
    { input },
  );
};
const change = (round) =>
  ask(`mutation ($input: UpdatePtmInput!) { updatePtm(input: $input) { userErrors { message } } }`, {
    input: { ptmId: shown.nodes[round].id, card: `changed ${round} ${Date.now()}` },
  });

const ranking = (lte) => () => [RANK, { taskId: others.pop(), lte }];
await ask(RANK, { taskId, lte: 30e6 });
await rounds("rank with a filter, asked before", ROUNDS, () => [RANK, { taskId, lte: 30e6 }]);
await rounds("rank with a filter, another task", ROUNDS, ranking(30e6));
await rounds("rank with another filter, another task", 20, (round) => ranking(20e6 + round)());
await rounds("rank after a report, another task", 10, ranking(30e6), report);
await rounds("rank after a change of a PTM", 5, () => [RANK, { taskId, lte: 30e6 }], change);
await rounds("ptmFacets, all, after a change of a PTM", 10, () => [FACETS], change);

const REPORT_MANY = `mutation ($input: ReportOutcomesInput!) { reportOutcomes(input: $input) { userErrors { message } } }`;
await rounds("reportOutcomes, a thousand", 5, (round) => {
  const outcomes = Array.from({ length: 1000 }, (_, i) => ({
    taskId: ranked.nodes[i % 100].id,
    ptmId: shown.nodes[i % 50].id,
    value: 0.5,
    seed: 2_000_000 + 1000 * round + i,
  }));
  return [REPORT_MANY, { input: { outcomes } }];
});

const machine = {
  cores: cpus().length,
  cpu: cpus()[0]?.model,
  node: process.version,
  // How busy it was with other work, and how much this one came first.
  load: loadavg().map(Math.round),
  niceness: getPriority(),
};
await writeFile(
  new URL("results/registry.json", import.meta.url),
  `${JSON.stringify({ sizes: SIZES, machine, milliseconds: results }, null, 2)}\n`,
);
await container.close();
await rm(home, { recursive: true });
