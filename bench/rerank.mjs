// What a re-ranking costs beyond the forward passes in it: `rerank` of a fresh task over HTTP on the demo zoo, with 5 and with
// all 42 PTMs run, until `rerankCompleted` says that it is over, beside the same networks on the same samples in bare ONNX
// Runtime, in turns in one run:
//
//   bare       forward passes alone, one after the other, one thread; graphs are open and images are ready
//   all cores  the same with as many threads as there are processors
//   by hand    bare, and what a script has to do before: reading the archive, opening each graph, preparing its images
//
// Bare passes have the settings of the sandbox (no memory patterns, which cost 6 %). They run one after the other, as the ratio is
// defined; a re-ranking runs two PTMs at a time, which is worth a factor of two at most on two cores. What it has beside the
// passes: the mutation, opening each graph in a process of its own, sending images there, metrics, rows and notices. Of 42 PTMs 36
// find no sandbox ready (ORB_SANDBOX_SPARES is 6): their starts, 70 ms of a processor each, are most of that ratio.
//
//   npm run build && node bench/rerank.mjs [ROUNDS]
//
// A re-ranking begins when the machine has rested for PAUSE_MS, as somebody's next question does: sandboxes are held ready
// again by then. Prints medians and writes bench/results/rerank.json; two to three minutes on two cores.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import "../dist/src/engine/runtime/no-telemetry.js";
import { createClient } from "graphql-ws";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { WebSocket } from "ws";

import { DEFAULT_ARCHIVE_LIMITS } from "../dist/src/archives/archive-limits.js";
import { npzOf, textArray } from "../dist/src/archives/npz-writer.js";
import { readTaskArchive } from "../dist/src/archives/task-archive.js";
import { importZooWithProgress } from "../dist/src/cli/import-zoo.js";
import { readConfig } from "../dist/src/config.js";
import { Container } from "../dist/src/container.js";
import { inputShape } from "../dist/src/engine/tokens/signature.js";
import { preprocess } from "../dist/src/engine/tokens/preprocess.js";
import { createLogger } from "../dist/src/log.js";
import { ZOO_SIGNATURE } from "../dist/src/services/registry/import-zoo.js";

const ROUNDS = Number(process.argv[2] ?? 7);
const BATCH = 64; // as RunNetwork takes them
const POLL_MS = 10;
const PAUSE_MS = 1500;
const zoo = new URL("../zoo/", import.meta.url);

const home = await mkdtemp(join(tmpdir(), "orb-bench-"));
const config = readConfig({ ORB_HOME: home, ORB_PORT: "0", ORB_AUTH: "off", ORB_RATE_PER_MINUTE: "1000000" });
const container = await Container.open(config, createLogger("warn"));
await container.work();
await importZooWithProgress(container, { tasks: false });
const address = await container.serve();
const archive = fileURLToPath(new URL("tasks/lower-garments.zip", zoo));
const all = await readTaskArchive(archive, DEFAULT_ARCHIVE_LIMITS);
const sockets = createClient({
  url: `${address.replace("http", "ws")}/graphql`,
  webSocketImpl: WebSocket,
  lazy: false,
});

const rows = [];
await measure(0, 5); // sandboxes are held ready and graphs are in the page cache from the first re-ranking on
for (let round = 1; round <= ROUNDS; round++) {
  const [five, whole] = [await measure(2 * round, 5), await measure(2 * round + 1, 42)];
  rows.push({ five, whole });
  process.stderr.write(`round ${round} of ${ROUNDS}\n`);
}
await sockets.dispose();
await container.close();
await rm(home, { recursive: true });

const result = {
  command: `node bench/rerank.mjs ${ROUNDS}`,
  date: new Date().toISOString(),
  load: loadavg().map((load) => Number(load.toFixed(2))),
  machine: { processor: cpus()[0].model, cores: availableParallelism(), node: process.version },
  samples: all.count,
  rounds: ROUNDS,
  topK5: summary(rows.map(({ five }) => five)),
  all42: summary(rows.map(({ whole }) => whole)),
};
await writeFile(new URL("results/rerank.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
for (const key of ["topK5", "all42"]) {
  const { seconds, bareSeconds, ratio, allCoresRatio, byHandRatio } = result[key];
  console.log(`${key}: rerank ${told(seconds)} s, bare ${told(bareSeconds)} s (median [least, most])`);
  console.log(
    `  ratio to bare ${told(ratio)}, to bare on all cores ${told(allCoresRatio)}, to by hand ${told(byHandRatio)}`,
  );
}

/** One fresh task, re-ranked; then its networks bare. */
async function measure(seed, topK) {
  const taskId = await addTask(seed);
  const ended = end(taskId);
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const begin = performance.now();
  const { rerank } = await ask(
    "mutation ($input: RerankInput!) { rerank(input: $input) { ranking { id } userErrors { message } } }",
    { input: { taskId, topK } },
  );
  await ended;
  const seconds = (performance.now() - begin) / 1000;
  const { ranking } = await ask(
    "query ($id: ID!) { ranking(id: $id) { stage entries { reranked ptm { name } } evidence { forwardPasses } } }",
    { id: rerank.ranking.id },
  );
  if (ranking.evidence.forwardPasses !== topK) throw new Error(`only ${ranking.evidence.forwardPasses} ran`);
  const names = ranking.entries.filter(({ reranked }) => reranked).map(({ ptm }) => ptm.name);
  const bare = await bareRuns(names, 1);
  const { runSeconds: allCoresSeconds } = await bareRuns(names, availableParallelism());
  const { runSeconds: bareSeconds, seconds: byHandSeconds } = bare;
  return {
    seconds,
    bareSeconds,
    allCoresSeconds,
    byHandSeconds,
    ratio: seconds / bareSeconds,
    allCoresRatio: seconds / allCoresSeconds,
    byHandRatio: seconds / byHandSeconds,
  };
}

/** The networks on the task's images, as a script would run them: what the passes take, and what everything takes. */
async function bareRuns(names, threads) {
  const begin = performance.now();
  const { count, height, width, images } = await readTaskArchive(archive, DEFAULT_ARCHIVE_LIMITS);
  const outputs = [ZOO_SIGNATURE.outputs.features, ZOO_SIGNATURE.outputs.probabilities];
  let runSeconds = 0;
  for (const name of names) {
    const graph = await readFile(new URL(`ptms/${name}.onnx`, zoo));
    const session = await InferenceSession.create(graph, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableMemPattern: false,
    });
    for (let first = 0; first < count; first += BATCH) {
      const size = Math.min(BATCH, count - first);
      const pixels = images.subarray(first * height * width * 3, (first + size) * height * width * 3);
      const { values } = preprocess({ count: size, height, width, pixels }, ZOO_SIGNATURE);
      const input = new Tensor("float32", values, inputShape(ZOO_SIGNATURE, size));
      const started = performance.now();
      await session.run({ [ZOO_SIGNATURE.input]: input }, outputs);
      runSeconds += (performance.now() - started) / 1000;
    }
    await session.release();
  }
  return { runSeconds, seconds: (performance.now() - begin) / 1000 };
}

/** Resolves with the end of the task's next re-ranking. */
function end(taskId) {
  const query = "subscription ($taskId: ID) { rerankCompleted(taskId: $taskId) { id } }";
  return new Promise((resolve, reject) => {
    const stop = sockets.subscribe(
      { query, variables: { taskId } },
      { next: () => (resolve(), stop()), error: reject, complete: () => undefined },
    );
  });
}

/** The same images in another order: another archive, so a task that no PTM was run on. */
async function addTask(seed) {
  const order = Array.from({ length: all.count }, (_, i) => (i + 37 * seed + 1) % all.count);
  const bytes = all.height * all.width * 3;
  const images = new Uint8Array(all.images.byteLength);
  order.forEach((from, to) => images.set(all.images.subarray(from * bytes, (from + 1) * bytes), to * bytes));
  const labels = BigInt64Array.from(order, (from) => BigInt(all.labels[from]));
  const archive = await npzOf([
    ["images", "|u1", [all.count, all.height, all.width, 3], images],
    ["labels", "<i8", [all.count], labels],
    textArray("class_names", all.classNames),
  ]);
  const artifact = createHash("sha256").update(archive).digest("hex");
  const put = await fetch(`${address}/artifacts/${artifact}`, { method: "PUT", body: archive });
  if (!put.ok) throw new Error(await put.text());
  const { addTask } = await ask(
    "mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { message } } }",
    { input: { name: `fresh ${seed}`, artifact } },
  );
  const { id } = addTask.task;
  await until(
    async () => (await ask("query ($id: ID!) { task(id: $id) { status } }", { id })).task.status === "READY",
  );
  return id;
}

async function ask(query, variables) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${address}/graphql`, {
    method: "POST",
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function until(done) {
  for (;;) {
    const value = await done();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function summary(measured) {
  const of = (key) => {
    const sorted = measured.map((row) => row[key]).sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
  };
  return Object.fromEntries(Object.keys(measured[0]).map((key) => [key, of(key)]));
}

function told({ median, least, most }) {
  return `${median.toFixed(2)} [${least.toFixed(2)}, ${most.toFixed(2)}]`;
}
