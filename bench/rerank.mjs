// What a re-ranking costs beyond the forward passes in it: `rerank` of a fresh task over HTTP on the demo zoo, with 5 and with
// all 42 PTMs run, beside the same networks on the same samples in bare ONNX Runtime, in turns in one run.
//
//   npm run build && node bench/rerank.mjs [ROUNDS]
//
// Prints medians and writes bench/results/rerank.json; two to three minutes on two cores.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DEFAULT_ARCHIVE_LIMITS } from "../dist/src/archives/archive-limits.js";
import { npzOf, textArray } from "../dist/src/archives/npz-writer.js";
import { readTaskArchive } from "../dist/src/archives/task-archive.js";
import { importZooWithProgress } from "../dist/src/cli/import-zoo.js";
import { readConfig } from "../dist/src/config.js";
import { Container } from "../dist/src/container.js";
import { Session } from "../dist/src/engine/runtime/session.js";
import { inputShape } from "../dist/src/engine/tokens/signature.js";
import { preprocess } from "../dist/src/engine/tokens/preprocess.js";
import { createLogger } from "../dist/src/log.js";
import { ZOO_SIGNATURE } from "../dist/src/services/registry/import-zoo.js";

const ROUNDS = Number(process.argv[2] ?? 7);
const BATCH = 64; // as RunNetwork takes them
const POLL_MS = 10;
const zoo = new URL("../zoo/", import.meta.url);

const home = await mkdtemp(join(tmpdir(), "orb-bench-"));
const config = readConfig({ ORB_HOME: home, ORB_PORT: "0", ORB_AUTH: "off", ORB_RATE_PER_MINUTE: "1000000" });
const container = await Container.open(config, createLogger("warn"));
await container.work();
await importZooWithProgress(container, { tasks: false });
const address = await container.serve();
const all = await readTaskArchive(
  fileURLToPath(new URL("tasks/lower-garments.zip", zoo)),
  DEFAULT_ARCHIVE_LIMITS,
);
const session = { executionProviders: ["cpu"], onWarning: console.error };

const rows = [];
await measure(0, 5); // sandboxes are held ready and graphs are in the page cache from the first re-ranking on
for (let round = 1; round <= ROUNDS; round++) {
  const [five, whole] = [await measure(2 * round, 5), await measure(2 * round + 1, 42)];
  rows.push({ five, whole });
  process.stderr.write(`round ${round} of ${ROUNDS}\n`);
}
await container.close();
await rm(home, { recursive: true });

const result = {
  command: `node bench/rerank.mjs ${ROUNDS}`,
  date: new Date().toISOString(),
  machine: { processor: cpus()[0].model, cores: availableParallelism(), node: process.version },
  samples: all.count,
  rounds: ROUNDS,
  topK5: summary(rows.map(({ five }) => five)),
  all42: summary(rows.map(({ whole }) => whole)),
};
await writeFile(new URL("results/rerank.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
for (const key of ["topK5", "all42"]) {
  const { seconds, bareSeconds, ratio } = result[key];
  console.log(
    `${key}: rerank ${told(seconds)} s, bare forward passes ${told(bareSeconds)} s, ratio ${told(ratio)} (median [least, most])`,
  );
}

/** One fresh task, re-ranked; then its networks bare. */
async function measure(seed, topK) {
  const taskId = await addTask(seed);
  const begin = performance.now();
  const { rerank } = await ask(
    "mutation ($input: RerankInput!) { rerank(input: $input) { ranking { id } userErrors { message } } }",
    { input: { taskId, topK } },
  );
  const ranking = await until(async () => {
    const { ranking } = await ask(
      "query ($id: ID!) { ranking(id: $id) { stage entries { reranked ptm { name } } evidence { forwardPasses } } }",
      { id: rerank.ranking.id },
    );
    return ranking.stage === "RERANKED" && ranking;
  });
  const seconds = (performance.now() - begin) / 1000;
  if (ranking.evidence.forwardPasses !== topK) throw new Error(`only ${ranking.evidence.forwardPasses} ran`);
  let bareSeconds = 0;
  for (const { reranked, ptm } of ranking.entries) if (reranked) bareSeconds += await forward(ptm.name);
  return { seconds, bareSeconds, ratio: seconds / bareSeconds };
}

/** Seconds of the forward passes alone: the graph is open and the images are preprocessed. */
async function forward(name) {
  const bare = await Session.open(await readFile(new URL(`ptms/${name}.onnx`, zoo)), session);
  const bytes = all.height * all.width * 3;
  const outputs = [ZOO_SIGNATURE.outputs.features, ZOO_SIGNATURE.outputs.probabilities];
  let seconds = 0;
  for (let begin = 0; begin < all.count; begin += BATCH) {
    const count = Math.min(BATCH, all.count - begin);
    const pixels = all.images.subarray(begin * bytes, (begin + count) * bytes);
    const { values } = preprocess({ count, height: all.height, width: all.width, pixels }, ZOO_SIGNATURE);
    const started = performance.now();
    await bare.run({ [ZOO_SIGNATURE.input]: { values, shape: inputShape(ZOO_SIGNATURE, count) } }, outputs);
    seconds += (performance.now() - started) / 1000;
  }
  await bare.release();
  return seconds;
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
  return { seconds: of("seconds"), bareSeconds: of("bareSeconds"), ratio: of("ratio") };
}

function told({ median, least, most }) {
  return `${median.toFixed(2)} [${least.toFixed(2)}, ${most.toFixed(2)}]`;
}
