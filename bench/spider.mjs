// Cost of ranking a zoo: the authors' loop in PyTorch and in ONNX Runtime, the batched form, and the two forms of the product
// (src/engine/spider: the folded and the Gram form), for several sizes, beside what this machine can multiply and copy at
// most. All in one run, interleaved, medians of the processor's time on one thread, so that a busy machine changes the speeds
// but hardly their ratios.
//
//   node spider.mjs                    every size (5 to 15 minutes, 3 GB)
//   node spider.mjs --largest 100000   zoos up to this many PTMs
//   node spider.mjs --widths 1024      one width
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
const { BestSoFar } = await import(new URL("src/engine/ranking/best-so-far.js", dist));
const { ZooSessions } = await import(new URL("src/engine/runtime/zoo-sessions.js", dist));
const { FoldedSpider } = await import(new URL("src/engine/runtime/folded-spider.js", dist));
const { keepTokens } = await import(new URL("src/engine/runtime/kept-zoo.js", dist));
const { Session } = await import(new URL("src/engine/runtime/session.js", dist));
const { GraphBuilder } = await import(new URL("src/engine/onnx/graph-builder.js", dist));
const { RandomSpider } = await import(new URL("test/support/random-spider.js", dist));

const { values: options } = parseArgs({
  options: {
    largest: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "5" },
    widths: { type: "string", default: "256,1024" },
  },
});
const ROUNDS = Number(options.rounds);
const SIZES = [42, 1000, 10_000, 100_000, 1_000_000].filter((size) => size <= Number(options.largest));
/** Beyond this a form's cost a PTM no longer depends on the size. */
const LARGEST_SLOW = 2048;
/** 1M x 1024 would need 5 GB; 100k x 1024 costs the same a PTM. */
const LARGEST_VALUES = 300_000_000;
const TASKS = 16;
const TOGETHER = `gram, ${TASKS} tasks together`;
const TORCH = "loop in PyTorch";

let fma;
const results = [];
const peaks = [];
for (const d of options.widths.split(",").map(Number)) {
  for (const C of [10, 100]) {
    for (const M of SIZES) {
      if (M * d > LARGEST_VALUES) {
        console.log(`d ${d} C ${C} M ${M}: left out, its tokens need ${(4 * M * d) / 1e9} GB`);
        continue;
      }
      results.push(await measure(d, C, M));
      report(d); // a long run that is stopped leaves what it has
    }
  }
}
console.log(goals());

async function measure(d, C, M) {
  const random = new RandomSpider(1);
  const spider = random.parameters(d, d);
  const tokens = repeated(random.values(Math.min(M, 1024) * d), M * d);
  // The folded form keeps a second array as large as the tokens.
  const small = Math.min(M, 32_768);
  // The tokens repeat, and so does what is computed of them.
  const preparing = await FoldedSpider.open(spider);
  const prepared = await keepTokens(preparing, {
    rows: Math.min(M, 1024),
    columns: d,
    values: tokens.subarray(0, Math.min(M, 1024) * d),
  });
  await preparing.release();
  const scalars = repeated(prepared.scalars, (M * prepared.scalars.length) / Math.min(M, 1024));
  const open = (rows, form) => {
    const values = tokens.subarray(0, rows * d);
    const kept = { storage: "float32", rows, width: d, values, scales: new Float32Array(0) };
    return ZooSessions.open(
      spider,
      { tokens: kept, scalars: scalars.subarray(0, (rows * scalars.length) / M) },
      "cpu",
      form,
    );
  };
  const sessions = {
    gram: await open(M, () => "gram"),
    folded: await open(small, () => "folded"),
    original: await Session.openOn(originalGraph(spider), "cpu"),
    factored: await Session.openOn(factoredGraph(spider), "cpu"),
    gemm: await Session.openOn(originalGemm(), "cpu"),
  };
  const { gram, folded, original, factored, gemm } = sessions;
  const rows = { values: random.values(C * d), shape: [C, d] };
  const few = Math.min(M, LARGEST_SLOW);
  const part = { values: tokens.subarray(0, few * d), shape: [few, d] };
  const gemmed = { values: random.values(512 * 1024), shape: [512, 1024] };
  const again = random.matrix(C, d);
  const loop = Math.min(M, 20);
  const repeats = M <= 42 ? 20 : 1;
  // Tasks that nobody has asked for before: what belongs to a task alone is remembered.
  let turn = 0;
  const newTask = () => {
    const values = new Float32Array(again.values);
    values[turn % values.length] += ++turn;
    return { ...again, values };
  };
  const newTasks = () => Array.from({ length: TASKS }, newTask);

  const forms = {
    "loop in ONNX Runtime": [
      loop,
      async () => {
        for (let m = 0; m < loop; m++) {
          const token = { values: tokens.subarray(m * d, (m + 1) * d), shape: [1, d] };
          await original.run({ token, rows }, ["fitness"]);
        }
      },
    ],
    batched: [
      few,
      () => {
        const ownLogits = { values: tokens.subarray(0, few), shape: [few, 1] };
        return factored.run({ tokens: part, queries: part, values: part, ownLogits, rows }, ["fitness"]);
      },
    ],
    folded: [small, () => folded.score(newTask())],
    "folded, known task": [small, () => folded.score(again)],
    gram: [M, () => bestOf(gram, [newTask()])],
    "gram, known task": [M, () => bestOf(gram, [again])],
    [TOGETHER]: [M * TASKS, () => bestOf(gram, newTasks())],
  };
  if (M * C > 1_000_000 && C > 25) delete forms[TOGETHER]; // minutes, for what the folded form is there
  const times = Object.fromEntries(Object.keys(forms).map((name) => [name, []]));
  const [gemmTimes, torchTimes, machine] = [[], [], []];
  for (const [, run] of Object.values(forms)) await run();
  for (let round = 0; round < (M >= 100_000 ? Math.min(ROUNDS, 3) : ROUNDS); round++) {
    for (const [name, [ptms, run]] of Object.entries(forms)) {
      times[name].push((await cpuSeconds(run, name.startsWith("loop") ? 1 : repeats)) / ptms);
    }
    gemmTimes.push(await cpuSeconds(() => gemm.run({ a: gemmed, b: gemmed }, ["y"]), 4));
    torchTimes.push(torchLoop(d, C));
    machine.push(machinePeak());
  }
  for (const session of Object.values(sessions)) await session.release();

  const microseconds = Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, 1e6 * median(values)]),
  );
  if (torchTimes[0]) microseconds[TORCH] = 1e6 * median(torchTimes.map((one) => one.secondsPerPtm));
  const peak = machine[0] && {
    flops: median(machine.map((one) => one.flops)),
    copyBytes: median(machine.map((one) => one.copyBytes)),
  };
  peaks.push({ d, C, M, ...peak, torch: torchTimes[0]?.torch });
  const gemmFlops = (2 * 512 * 512 * 1024) / median(gemmTimes);
  const flopsAPtm = 10 * C * d + 4 * C * C;
  const arithmetic = (1e6 * flopsAPtm) / Math.max(peak?.flops ?? 0, gemmFlops);
  const yardstick = microseconds[TORCH] ?? microseconds["loop in ONNX Runtime"];
  const better = (suffix) => Math.min(microseconds[`folded${suffix}`], microseconds[`gram${suffix}`]);
  const result = {
    d,
    C,
    M,
    microseconds,
    timesFasterThanLoop: { newTask: yardstick / better(""), knownTask: yardstick / better(", known task") },
    gflops: { gemm: gemmFlops / 1e9, gram: flopsAPtm / microseconds.gram / 1e3 },
    floor: {
      arithmetic,
      bytes: peak && (1e6 * 4 * d) / (peak.copyBytes / 2),
      factor: microseconds.gram / arithmetic,
    },
  };
  console.log(line(result));
  return result;
}

function line({ d, C, M, microseconds, timesFasterThanLoop: { newTask, knownTask }, floor }) {
  const times = Object.entries(microseconds).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
  const bytes = floor.bytes === undefined ? "" : `, of bytes ${floor.bytes.toPrecision(3)}`;
  return `d ${d} C ${C} M ${M}: us a PTM: ${times.join(", ")}; ${Math.round(newTask)} x the loop, ${Math.round(knownTask)} x for a known task; floor of arithmetic ${floor.arithmetic.toPrecision(3)}${bytes}, gram is ${floor.factor.toFixed(2)} x`;
}

/** What the product promises of its speed, and what came of it. */
function goals() {
  const of = (d, C) => results.filter((result) => result.d === d && result.C === C);
  const lines = [];
  for (const C of [10, 100]) {
    const [smallest, ...others] = of(1024, C);
    if (others.length === 0) continue;
    const least = Math.min(...others.map(({ timesFasterThanLoop }) => timesFasterThanLoop.newTask));
    const { newTask, knownTask } = smallest.timesFasterThanLoop;
    lines.push(`d 1024 C ${C}: M >= 1,000 at least ${Math.round(least)} x the loop (goal 1,000 x)`);
    lines.push(
      `d 1024 C ${C}: M = 42 ${Math.round(newTask)} x (goal 100 x), known task ${Math.round(knownTask)} x (goal 500 x)`,
    );
  }
  const largest = of(256, 10).at(-1);
  if (largest === undefined) return lines.join("\n");
  const { M, floor, microseconds } = largest;
  lines.push(`d 256 C 10 M ${M}: ${floor.factor.toFixed(2)} x the floor of arithmetic (goal 2.5 x)`);
  const share = microseconds[TOGETHER] / microseconds.gram;
  lines.push(
    `d 256 C 10 M ${M}: ${TASKS} tasks together cost ${share.toFixed(2)} of one alone, each (goal below 1)`,
  );
  return lines.join("\n");
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
  const argv = [script, ...[d, C, C * d > 50_000 ? 8 : 40].map(String)];
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

/** Scores tasks and takes the best ten of each, as a ranking without prior does. */
async function bestOf(zoo, tasks) {
  for (const fitness of await zoo.scoreMany(tasks)) {
    const best = new BestSoFar(10);
    best.add(0, fitness);
    best.best();
  }
}

/** Multiply-adds and bytes copied a second, on one thread. */
function machinePeak() {
  fma ??= compiledFma();
  return fma && JSON.parse(execFileSync(fma));
}

function compiledFma() {
  const program = join(mkdtempSync(join(tmpdir(), "orb-bench-")), "fma");
  const source = fileURLToPath(new URL("fma.c", import.meta.url));
  const flags = ["-O3", "-march=native", "-mprefer-vector-width=512", "-funroll-loops"];
  try {
    execFileSync("gcc", [...flags, "-o", program, source]);
    return program;
  } catch {
    return ""; // no compiler: the runtime's own product is the peak
  }
}

function report(d) {
  const folder = new URL("results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = `${cpus()[0].model}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const context = { machine, load: loadavg(), date: new Date().toISOString().slice(0, 10) };
  const command = ["node", "spider.mjs", ...process.argv.slice(2)].join(" ");
  const of = (all) => all.filter((one) => one.d === d);
  const path = new URL(`spider-${d}.json`, folder);
  writeFileSync(
    path,
    `${JSON.stringify({ ...context, command, peaks: of(peaks), results: of(results) }, null, 2)}\n`,
  );
}
