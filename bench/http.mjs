// Requests a second of rank(topK: 10) over HTTP, beside an Apollo Server that says hello, each in a process of its own on this
// machine, interleaved in one run; medians. The same ranking is asked over and over, as a page or a dashboard does; where there
// are seeded tasks too, each of them is then ranked once, and what that does to the event loop is measured.
//
//   node http.mjs                            the demo zoo alone and with 10,000 PTMs beside it
//   node http.mjs --sizes 42,10000,1000000   and with a million, which PostgreSQL must be filled with first
//   node http.mjs --rounds 9
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";

import { load } from "./http-load.mjs";
import { ServerProcess } from "./http-servers.mjs";

const SIZES = "42,10000";
const { values: options } = parseArgs({
  options: {
    connections: { type: "string", default: "32" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    sizes: { type: "string", default: SIZES },
  },
});
const pressure = { connections: Number(options.connections), seconds: Number(options.seconds) };

const DEMO = 42;
const TASKS = 100;
const hello = await ServerProcess.start("http-hello.mjs");
const results = [];
try {
  for (const size of options.sizes.split(",").map(Number)) {
    const env = size > DEMO ? { BENCH_PTMS: String(size), BENCH_TASKS: String(TASKS) } : {};
    const orb = await ServerProcess.start("http-orb.mjs", env);
    try {
      results.push({
        ptms: size,
        ...(await compared(orb)),
        ...(size > DEMO && { fresh: await freshOf(orb) }),
      });
    } finally {
      orb.stop();
    }
    const { ratio, cpuRatio, medians, fresh } = results.at(-1);
    console.table(medians);
    console.log(
      `${size} PTMs: rank reaches ${percent(ratio)} of hello's requests a second, ${percent(cpuRatio)} by processor time`,
    );
    if (fresh) console.log(`${TASKS} tasks ranked for the first time:`, fresh);
    report();
  }
} finally {
  hello.stop();
}

/** The same ranking over and over, beside hello. */
async function compared(orb) {
  const rounds = { hello: [], rank: [] };
  // Two rounds to warm up: compilers, connections, caches.
  for (let round = -2; round < Number(options.rounds); round++) {
    for (const [name, server] of Object.entries({ hello, rank: orb })) {
      await server.ask("usage");
      const { requests, perSecond, p50, p99, sample } = await load(server.target, pressure);
      const { cpu, delayP99, memory } = await server.ask("usage");
      if (JSON.parse(sample).errors) throw new Error(sample);
      if (round < 0) continue;
      rounds[name].push({ perSecond, p50, p99, cpuMicroseconds: (1e6 * cpu) / requests, delayP99, memory });
    }
  }
  const medians = Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, medianOf(all)]));
  const ratio = medians.rank.perSecond / medians.hello.perSecond;
  const cpuRatio = medians.hello.cpuMicroseconds / medians.rank.cpuMicroseconds;
  return { ratio, cpuRatio, medians, rounds };
}

/** Every seeded task once, four at a time: no answer is remembered, the zoo is read for each. */
async function freshOf(orb) {
  await orb.ask("usage");
  const { perSecond, p50, p99, sample } = await load(
    { ...orb.target, bodies: orb.target.fresh },
    { connections: 4 },
  );
  if (JSON.parse(sample).errors) throw new Error(sample);
  const { delayP99, memory } = await orb.ask("usage");
  return { perSecond, p50, p99, delayP99, memory };
}

function report() {
  const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const context = { machine, load: loadavg(), date: new Date().toISOString().slice(0, 10) };
  const command = ["node", "http.mjs", ...process.argv.slice(2)].join(" ");
  mkdirSync(new URL("results/", import.meta.url), { recursive: true });
  const name = options.sizes === SIZES ? "http" : `http-${options.sizes.replaceAll(",", "-")}`;
  writeFileSync(
    new URL(`results/${name}.json`, import.meta.url),
    `${JSON.stringify({ ...context, command, results }, null, 2)}\n`,
  );
}

function medianOf(all) {
  const median = (key) => all.map((one) => one[key]).sort((a, b) => a - b)[all.length >> 1];
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, Number(median(key).toPrecision(4))]));
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}
