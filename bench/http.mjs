// Requests a second of rank(topK: 10) over HTTP on the demo zoo, beside an Apollo Server that says hello, each in a
// process of its own on this machine, interleaved in one run; medians.
//
//   node http.mjs                  32 connections, 5 rounds of 3 s each
//   node http.mjs --rounds 9
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { parseArgs } from "node:util";

import { load } from "./http-load.mjs";

const { values: options } = parseArgs({
  options: {
    connections: { type: "string", default: "32" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
  },
});
const pressure = { connections: Number(options.connections), seconds: Number(options.seconds) };

const servers = { hello: await start("http-hello.mjs"), rank: await start("http-orb.mjs") };
const rounds = { hello: [], rank: [] };
try {
  // Two rounds to warm up: compilers, connections, caches.
  for (let round = -2; round < Number(options.rounds); round++) {
    for (const [name, { child, target }] of Object.entries(servers)) {
      await usageOf(child);
      const { requests, perSecond, p50, p99, sample } = await load(target, pressure);
      const { cpu, delayP99, memory } = await usageOf(child);
      if (JSON.parse(sample).errors) throw new Error(sample);
      if (round < 0) continue;
      rounds[name].push({ perSecond, p50, p99, cpuMicroseconds: (1e6 * cpu) / requests, delayP99, memory });
    }
  }
} finally {
  for (const { child } of Object.values(servers)) child.kill("SIGTERM");
}

const medians = Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, medianOf(all)]));
const ratio = medians.rank.perSecond / medians.hello.perSecond;
const cpuRatio = medians.hello.cpuMicroseconds / medians.rank.cpuMicroseconds;
console.table(medians);
console.log(
  `rank reaches ${percent(ratio)} of hello's requests a second, ${percent(cpuRatio)} by processor time`,
);
const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const context = { machine, load: loadavg(), date: new Date().toISOString().slice(0, 10) };
const command = ["node", "http.mjs", ...process.argv.slice(2)].join(" ");
mkdirSync(new URL("results/", import.meta.url), { recursive: true });
writeFileSync(
  new URL("results/http.json", import.meta.url),
  `${JSON.stringify({ ...context, command, ratio, cpuRatio, medians, rounds }, null, 2)}\n`,
);

function start(script) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_ENV: "production" };
    const child = fork(new URL(script, import.meta.url), [], { env });
    child.once("message", (target) => resolve({ child, target }));
    child.once("exit", (code) => reject(new Error(`${script} ended with code ${code}`)));
  });
}

function usageOf(child) {
  return new Promise((resolve) => {
    child.once("message", resolve);
    child.send("usage");
  });
}

function medianOf(all) {
  const median = (key) => all.map((one) => one[key]).sort((a, b) => a - b)[all.length >> 1];
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, Number(median(key).toPrecision(4))]));
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}
