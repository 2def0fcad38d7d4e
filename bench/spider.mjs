// Cost of ranking a zoo: the authors' loop, the batched form, the folded form and the Gram form (src/engine/spider), for
// several sizes, beside what this machine can multiply and copy at most. All in one run, interleaved, medians of the
// processor's time on one thread, so that a busy machine changes the speeds but hardly their ratios.
//
//   node spider.mjs                    every size (some minutes, 3 GB)
//   node spider.mjs --largest 100000   zoos up to this many PTMs
//
// PyTorch is measured where python3 can import torch, the peak of multiply-adds where gcc is there.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { factoredGraph, originalGraph } from "./spider-graphs.mjs";

const dist = new URL("../dist/", import.meta.url);
const { ZooSessions } = await import(new URL("src/engine/runtime/zoo-sessions.js", dist));
const { Session } = await import(new URL("src/engine/runtime/session.js", dist));
const { GraphBuilder } = await import(new URL("src/engine/onnx/graph-builder.js", dist));
const { RandomSpider } = await import(new URL("test/support/random-spider.js", dist));

const { values: options } = parseArgs({
  options: { largest: { type: "string", default: "1000000" }, rounds: { type: "string", default: "5" } },
});
const ROUNDS = Number(options.rounds);
const SIZES = [42, 1000, 10_000, 100_000, 1_000_000].filter((size) => size <= Number(options.largest));
/** Beyond this a form's cost a PTM no longer depends on the size. */
const LARGEST_SLOW = 2048;
/** 1M x 1024 would need 5 GB; 100k x 1024 costs the same a PTM. */
const LARGEST_VALUES = 300_000_000;
const TASKS = 16;
const onCpu = { executionProviders: ["cpu"], onWarning: console.error };

const peak = machinePeak();
const results = [];
for (const d of [256, 1024]) {
  for (const C of [10, 100]) {
    const torch = torchLoop(d, C);
    for (const M of SIZES)
      if (M * d <= LARGEST_VALUES) {
        results.push(await measure(d, C, M, torch));
        report(); // a long run that is stopped leaves what it has
      }
  }
}

async function measure(d, C, M, torch) {
  const random = new RandomSpider(1);
  const spider = random.parameters(d, d);
  const tokens = repeated(random.values(Math.min(M, 1024) * d), M * d);
  const zoo = { rows: M, columns: d, values: tokens };
  const tasks = Array.from({ length: TASKS }, () => random.matrix(C, d));
  const rows = { values: random.values(C * d), shape: [C, d] };
  const gram = await ZooSessions.open(spider, zoo, "cpu", () => "gram");
  // The folded form keeps a second array as large as the tokens.
  const small = { rows: Math.min(M, 32768), columns: d, values: tokens.subarray(0, Math.min(M, 32768) * d) };
  const folded = await ZooSessions.open(spider, small, "cpu", () => "folded");
  const original = await Session.open(originalGraph(spider), onCpu);
  const factored = await Session.open(factoredGraph(spider), onCpu);
  const few = Math.min(M, LARGEST_SLOW);
  const part = { values: tokens.subarray(0, few * d), shape: [few, d] };
  const loop = Math.min(M, 20);
  const gemmed = { values: random.values(512 * 1024), shape: [512, 1024] };
  const gemm = await Session.open(originalGemm(), onCpu);

  const forms = {
    "O: loop": [
      loop,
      async () => {
        for (let m = 0; m < loop; m++) {
          const token = { values: tokens.subarray(m * d, (m + 1) * d), shape: [1, d] };
          await original.run({ token, rows }, ["fitness"]);
        }
      },
    ],
    "A: batched": [
      few,
      () => {
        const ownLogits = { values: tokens.subarray(0, few), shape: [few, 1] };
        return factored.run({ tokens: part, queries: part, values: part, ownLogits, rows }, ["fitness"]);
      },
    ],
    "B: folded": [small.rows, () => folded.score(tasks[0])],
    "G: gram": [M, () => gram.score(tasks[0])],
    "G: best 10": [M, () => gram.best([{ taskToken: tasks[0], k: 10 }])],
    [`G: ${TASKS} tasks`]: [M * TASKS, () => gram.scoreMany(tasks)],
  };
  if (C > 25 && M > 10_000) delete forms[`G: ${TASKS} tasks`];
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  const gemmTimes = [];
  for (const [, run] of Object.values(forms)) await run();
  const rounds = M >= 100_000 ? Math.min(ROUNDS, 3) : ROUNDS;
  const repeats = M <= 42 ? 20 : 1;
  for (let round = 0; round < rounds; round++) {
    for (const [name, [ptms, run]] of Object.entries(forms)) {
      times[name].push((await cpuSeconds(run, name.startsWith("O") ? 1 : repeats)) / ptms);
    }
    gemmTimes.push(await cpuSeconds(() => gemm.run({ a: gemmed, b: gemmed }, ["y"]), 1));
  }
  for (const session of [gram, folded, original, factored, gemm]) await session.release();

  const microseconds = Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, 1e6 * median(values)]),
  );
  if (torch) microseconds["O: loop in PyTorch"] = 1e6 * torch.secondsPerPtm;
  const gemmFlops = (2 * 512 * 512 * 1024) / median(gemmTimes);
  const flops = Math.max(peak?.flops ?? 0, gemmFlops);
  const flopsAPtm = 10 * C * d + 4 * C * C;
  const floor = (1e6 * flopsAPtm) / flops;
  const yardstick = microseconds["O: loop in PyTorch"] ?? microseconds["O: loop"];
  const best = Math.min(microseconds["B: folded"], microseconds["G: gram"]);
  const result = {
    d,
    C,
    M,
    microseconds,
    speedup: yardstick / best,
    gflops: {
      peak: peak && peak.flops / 1e9,
      gemm: gemmFlops / 1e9,
      gram: flopsAPtm / microseconds["G: gram"] / 1e3,
    },
    floor: {
      arithmetic: floor,
      bytes: peak && (1e6 * 4 * d) / (peak.copyBytes / 2),
      factor: microseconds["G: gram"] / floor,
    },
  };
  console.log(line(result));
  return result;
}

function line({ d, C, M, microseconds, speedup, floor }) {
  const times = Object.entries(microseconds).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
  return `d ${d} C ${C} M ${M}: us a PTM: ${times.join(", ")}; ${Math.round(speedup)} x the loop; G is ${floor.factor.toFixed(2)} x its arithmetic floor of ${floor.arithmetic.toPrecision(3)}`;
}

function originalGemm() {
  // [512, 1024] x [1024, 512]: what ONNX Runtime multiplies at on a shape that suits it.
  const graph = new GraphBuilder("gemm");
  const a = graph.input("a", "float32", [512, 1024]);
  graph.node("Gemm", [a, graph.input("b", "float32", [512, 1024])], { transB: 1 }, "y");
  graph.output("y", "float32", [512, 512]);
  return graph.finish();
}

async function cpuSeconds(run, repeats) {
  const begin = process.cpuUsage();
  for (let i = 0; i < repeats; i++) await run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6 / repeats;
}

function repeated(values, length) {
  const all = new Float32Array(length);
  for (let offset = 0; offset < length; offset += values.length) {
    all.set(values.subarray(0, Math.min(values.length, length - offset)), offset);
  }
  return all;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function torchLoop(d, C) {
  const script = fileURLToPath(new URL("authors_loop.py", import.meta.url));
  const argv = [script, ...[d, C, C * d > 50_000 ? 20 : 100].map(String)];
  // Debian's own Python is the one that has Debian's python3-torch.
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      return JSON.parse(execFileSync(python, argv, { stdio: ["ignore", "pipe", "ignore"] }));
    } catch {
      continue;
    }
  }
  return undefined;
}

function machinePeak() {
  try {
    const program = join(mkdtempSync(join(tmpdir(), "orb-bench-")), "fma");
    const source = fileURLToPath(new URL("fma.c", import.meta.url));
    execFileSync("gcc", [
      "-O3",
      "-march=native",
      "-mprefer-vector-width=512",
      "-funroll-loops",
      "-o",
      program,
      source,
    ]);
    return JSON.parse(execFileSync(program));
  } catch {
    return undefined;
  }
}

function report() {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const context = { machine, load: loadavg(), date: new Date().toISOString().slice(0, 10) };
  const command = ["node", "spider.mjs", ...process.argv.slice(2)].join(" ");
  const path = new URL("spider.json", folder);
  writeFileSync(path, `${JSON.stringify({ ...context, command, peak, results }, null, 2)}\n`);
}
