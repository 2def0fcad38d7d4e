// Ten PTMs of the demo zoo, each left out of a training and added back by the incremental path that addPtm takes: features on
// the images of zoo/pool/images, scores on the training tasks with images alone, token and projection fitted with all else frozen.
//
//   npm run build && node bench/leave-one-out.mjs [SEED]
//
// Prints a table of weighted tau and regret@1 on the eight public tasks, beside the spider trained with all PTMs and the same
// seed; about a quarter of an hour on two cores. bench/results/leave-one-out.md keeps what it printed.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { DEFAULT_ARCHIVE_LIMITS as LIMITS } from "../dist/src/archives/archive-limits.js";
import { inspectTaskArchive, readClassCentres, readTaskArchive } from "../dist/src/archives/task-archive.js";
import { readSourceNames, readTrainingPool } from "../dist/src/archives/training-pool.js";
import { matrix } from "../dist/src/engine/matrix.js";
import { familyScores } from "../dist/src/engine/ranking/family-scores.js";
import { weightedTau } from "../dist/src/engine/ranking/weighted-tau.js";
import { withPrior } from "../dist/src/engine/ranking/with-prior.js";
import { scorePoolTasks } from "../dist/src/engine/runtime/pool-scorer.js";
import { Session } from "../dist/src/engine/runtime/session.js";
import { readSnapshot } from "../dist/src/engine/spider/snapshot.js";
import { classCentres } from "../dist/src/engine/tokens/class-centres.js";
import { preprocess } from "../dist/src/engine/tokens/preprocess.js";
import { measureScaling } from "../dist/src/engine/training/feature-scaling.js";
import { joinZoo } from "../dist/src/engine/training/join-zoo.js";
import { indexPool } from "../dist/src/engine/training/sample-task.js";
import { ofPtms, pooledTask, scoredTasks } from "../dist/src/engine/training/training-pool.js";
import { fitnessWithCompanions } from "../dist/src/engine/training/validation.js";
import { ZOO_SIGNATURE } from "../dist/src/services/registry/import-zoo.js";
import { partTasks } from "../dist/src/services/training/part-tasks.js";
import { parseRecipe, trainZooSpider } from "../dist/src/services/training/train-zoo-spider.js";

/** One or two of each of the five families and of ten sources, named before any was measured. */
const LEFT_OUT = [
  "alphabets-plain",
  "animals-dense",
  "digits-mobile",
  "faces-vit",
  "flowers-residual",
  "garments-dense",
  "hands-plain",
  "kannada-vit",
  "objects-mobile",
  "roadsigns-plain",
];
const BATCH = 64;

const zoo = fileURLToPath(new URL("../zoo", import.meta.url));
const session = { executionProviders: ["cpu"], onWarning: console.error };
const recipe = parseRecipe({ seed: Number(process.argv[2] ?? 1) });
const poolPath = join(zoo, "pool", "pool.npz");
const pool = await readTrainingPool(poolPath, LIMITS);
const taskCount = scoredTasks(pool);
const ptms = JSON.parse(readFileSync(join(zoo, "ptms.json"), "utf8")).ptms;
const openSources = await readOpenSources();
const images = await readImages();
const atHand = tasksAtHand();
const reported = await readReported();

const whole = await trained(pool);
const full = await quality(whole.spider);
row("ptm left out", "fitness alone", "with prior", "regret@1", "gate before", "gate after", "seconds");
row("(none)", full.alone.toFixed(3), full.prior.toFixed(3), full.regret.toFixed(2), "", "", "");
const results = [];
for (const name of LEFT_OUT) results.push(await leaveOut(name));
const mean = (key) => results.reduce((sum, result) => sum + result[key] / results.length, 0);
row("mean of ten", mean("alone").toFixed(3), mean("prior").toFixed(3), mean("regret").toFixed(2), "", "", "");

async function leaveOut(name) {
  const { digest } = pool.ptms.find(({ id }) => id === name);
  const rest = ofPtms(pool, new Set(pool.ptms.map((ptm) => ptm.digest).filter((other) => other !== digest)));
  const { spider, manifest } = await trained(rest);
  const begin = performance.now();
  const added = await measured(name, digest);
  const { learn, validate } = partTasks(manifest, atHand);
  const { aggregation } = recipe;
  const joined = await joinZoo(
    { spider, pool: rest, taskCount, added, learn, validate, aggregation },
    { session },
  );
  const seconds = (performance.now() - begin) / 1000;
  const result = await quality({ ...spider, ptms: [...spider.ptms, { ...joined.ptm, id: name }] });
  row(
    name,
    result.alone.toFixed(3),
    result.prior.toFixed(3),
    result.regret.toFixed(2),
    joined.before.toFixed(3),
    joined.after.toFixed(3),
    seconds.toFixed(0),
  );
  return result;
}

async function trained(from) {
  const { weights, manifest } = await trainZooSpider(from, recipe, { session, onEpoch: () => undefined });
  return { spider: readSnapshot(weights, manifest).spider, manifest };
}

/** What addPtm measures of a PTM on the pool. */
async function measured(name, digest) {
  const features = await featuresOf(name, images);
  const { labels } = pool;
  const positions = [...labels.sources.keys()].filter((sample) => openSources.has(labels.sources[sample]));
  const spread = matrix(
    labels.labels.length,
    features.columns,
    new Float32Array(labels.labels.length * features.columns),
  );
  positions.forEach((position, i) => spread.values.set(rowOf(features, i), position * features.columns));
  const seen = [...new Set(positions.map((position) => labels.labels[position]))].sort((a, b) => a - b);
  const own = Int32Array.from(positions, (position) => seen.indexOf(labels.labels[position]));
  const centres = classCentres(features, own, seen.length);
  const classes = pool.ptms[0].classCentres.rows;
  const padded = matrix(classes, features.columns, new Float32Array(classes * features.columns).fill(NaN));
  seen.forEach((label, i) => padded.values.set(rowOf(centres, i), label * features.columns));
  const scores = await scorePoolTasks(
    { labels, seed: pool.seed, metrics: pool.metrics, taskCount, features: spread, wanted: atHand },
    { threads: availableParallelism(), progress: async () => true },
  );
  return { id: digest, digest, scaling: measureScaling(features), classCentres: padded, scores };
}

/**
 * Means over the eight tasks, as `rank` would answer them: with the prior, outcomes on the other seven count. The companions have no
 * say about a PTM that was added: they do not know it.
 */
async function quality(spider) {
  const families = [...new Set(ptms.map(({ architecture }) => architecture))];
  const names = spider.ptms.map(({ id }) => id);
  const architecture = new Map(ptms.map((ptm) => [ptm.id, families.indexOf(ptm.architecture)]));
  const of = ({ outcomes }) => names.map((name) => outcomes.get(name));
  const tokens = reported.map(({ token }) => token);
  const rows = await fitnessWithCompanions(spider, tokens, session);
  const each = reported.map((task, t) => {
    const alone = rows[t];
    const others = reported.filter((other) => other !== task).map(of);
    const family = Int32Array.from(names, (name) => architecture.get(name));
    const prior = withPrior(alone, familyScores(others, family), recipe.priorWeight);
    const outcomes = of(task);
    const first = prior.indexOf(Math.max(...prior));
    return {
      alone: weightedTau(outcomes, alone),
      prior: weightedTau(outcomes, prior),
      regret: 100 * (Math.max(...outcomes) - outcomes[first]),
    };
  });
  const mean = (key) => each.reduce((sum, task) => sum + task[key] / each.length, 0);
  return { alone: mean("alone"), prior: mean("prior"), regret: mean("regret") };
}

async function readReported() {
  const lines = readFileSync(join(zoo, "outcomes.csv"), "utf8").trim().split("\n").slice(1);
  const outcomes = lines.map((line) => line.split(","));
  const tasks = [];
  for (const { id, file } of JSON.parse(readFileSync(join(zoo, "tasks.json"), "utf8"))) {
    const path = join(zoo, file);
    const known = new Map(
      outcomes.filter(([task]) => task === id).map(([, ptm, , value]) => [ptm, Number(value)]),
    );
    tasks.push({ outcomes: known, token: await tokenOf(path) });
  }
  return tasks;
}

async function tokenOf(path) {
  const { kind } = await inspectTaskArchive(path, LIMITS);
  if (kind === "centres") return (await readClassCentres(path, LIMITS)).centres;
  const samples = await readTaskArchive(path, LIMITS);
  return classCentres(
    await featuresOf("general-encoder", samples),
    samples.labels,
    samples.classNames.length,
  );
}

async function readOpenSources() {
  const files = new Set(
    readdirSync(join(zoo, "pool", "images")).map((file) => `open/${file.replace(/\.npz$/, "")}`),
  );
  const names = await readSourceNames(poolPath, LIMITS);
  return new Map([...names.entries()].filter(([, name]) => files.has(name)));
}

async function readImages() {
  const parts = [];
  for (const name of openSources.values()) {
    parts.push(
      await readTaskArchive(join(zoo, "pool", "images", `${name.replace(/^open\//, "")}.npz`), LIMITS),
    );
  }
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { count, height: 32, width: 32, images: Buffer.concat(parts.map((part) => part.images)) };
}

function tasksAtHand() {
  const index = indexPool(pool.labels);
  return [...Array(taskCount).keys()].filter((task) =>
    pooledTask(index, pool.seed, task).samples.every((sample) =>
      openSources.has(pool.labels.sources[sample]),
    ),
  );
}

async function featuresOf(id, { count, height, width, images: bytes }) {
  const opened = await Session.open(readFileSync(join(zoo, "ptms", `${id}.onnx`)), session);
  const parts = [];
  for (let begin = 0; begin < count; begin += BATCH) {
    const some = Math.min(BATCH, count - begin);
    const size = height * width * 3;
    const pixels = bytes.subarray(begin * size, (begin + some) * size);
    const image = preprocess({ count: some, height, width, pixels }, ZOO_SIGNATURE);
    parts.push((await opened.run({ image }, ["features"])).features.values);
  }
  await opened.release();
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return matrix(count, values.length / count, values);
}

function rowOf({ columns, values }, row) {
  return values.subarray(row * columns, (row + 1) * columns);
}

function row(...cells) {
  process.stdout.write(
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(13))).join(" | ")} |\n`,
  );
}
