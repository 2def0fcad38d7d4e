import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import type { Matrix } from "../../../src/engine/matrix.js";
import { matrix } from "../../../src/engine/matrix.js";
import { kendallTauB } from "../../../src/engine/ranking/kendall-tau-b.js";
import { topK } from "../../../src/engine/ranking/top-k.js";
import { openZooFile } from "../../../src/engine/runtime/zoo-file.js";
import { ZooScorer } from "../../../src/engine/runtime/zoo-scorer.js";
import { ZooSessions } from "../../../src/engine/runtime/zoo-sessions.js";
import { rankedZoo } from "../../support/ranked-zoo.js";
import { writeZooFile } from "../../../src/engine/runtime/write-zoo-file.js";
import type { SpiderParameters } from "../../../src/engine/spider/spider.js";
import { tokenMatrix } from "../../../src/engine/spider/spider.js";
import { readSnapshot } from "../../../src/engine/spider/snapshot.js";
import { TOKEN_STORAGES } from "../../../src/engine/spider/token-storage.js";
import type { TokenStorage } from "../../../src/engine/spider/token-storage.js";
import { repositoryRoot } from "../../support/paths.js";
import { RandomSpider } from "../../support/random-spider.js";

const folder = await mkdtemp(join(tmpdir(), "orb-zoo-file-"));
after(() => rm(folder, { recursive: true }));
const onCpu = { executionProviders: ["cpu"], onWarning: (message: string) => assert.fail(message) } as const;
let files = 0;

/** Writes a zoo whose PTM ids are given numbers; a token's digest is its PTM's number and its version. */
async function write(
  spider: SpiderParameters,
  tokens: Matrix,
  storage: TokenStorage,
  {
    numbers = [...Array(tokens.rows).keys()],
    version = 0,
    previous,
  }: {
    numbers?: number[];
    version?: number;
    previous?: string;
  } = {},
): Promise<{ path: string; computed: number }> {
  const path = join(folder, `${files++}.zoo`);
  const ids = new Uint8Array(16 * numbers.length);
  const digests = new Uint8Array(32 * numbers.length);
  numbers.forEach((number, m) => {
    new DataView(ids.buffer).setUint32(16 * m, number);
    digests[32 * m] = version;
  });
  const { columns } = tokens;
  const fetch = async (positions: Int32Array): Promise<Float32Array> =>
    Float32Array.from({ length: positions.length * columns }, (_, i) => {
      return tokens.values[positions[Math.floor(i / columns)]! * columns + (i % columns)]!;
    });
  const header = { spider: "ab".repeat(32), storage, rows: tokens.rows, width: columns };
  const computed = await writeZooFile(path, spider, { header, ids, digests, fetch, previous });
  return { path, computed };
}

for (const storage of TOKEN_STORAGES) {
  test(`a ${storage} zoo scores from its file what its tokens score in memory`, async () => {
    const random = new RandomSpider(2);
    const spider = random.parameters(24, 10);
    const tokens = random.matrix(5000, 24); // more than one chunk of the writer
    const { path, computed } = await write(spider, tokens, storage);
    assert.equal(computed, 5000);
    const file = await openZooFile(path);
    const zoo = await ZooSessions.open(spider, file, "cpu");
    const task = random.matrix(6, 10);
    const fromFile = await zoo.score(task);
    const inMemory = await ZooSessions.open(spider, tokens, "cpu");
    const expected = await inMemory.score(task);
    const tau = kendallTauB(fromFile, expected);
    const atLeast = { float32: 1, float16: 0.999, int8: 0.98 }[storage];
    assert.ok(tau >= atLeast, `Kendall's tau to float32 is ${tau}`);
    if (storage === "float32") assert.deepEqual(fromFile, expected);

    const [best] = await rankedZoo(zoo).best([{ taskToken: task, k: 10 }]);
    if (storage === "int8") {
      // Chosen by int8, ordered and scored by the exact tokens.
      best!.positions.forEach((m, i) => assert.ok(Math.abs(best!.scores[i]! - expected[m]!) < 1e-4));
    }
    assert.deepEqual([...best!.positions], [...topK(expected, 10, (a, b) => a - b)]);
    await zoo.release();
    await inMemory.release();
    await file.close();
  });

  test(`a ${storage} zoo that changed is written from its previous file, computing what is new`, async () => {
    const random = new RandomSpider(4);
    const spider = random.parameters(16, 5);
    const tokens = random.matrix(40, 16);
    const row = (m: number): Float32Array => tokens.values.subarray(16 * m, 16 * (m + 1));
    const pick = (rows: number[]): Matrix =>
      matrix(rows.length, 16, Float32Array.from(rows.flatMap((m) => [...row(m)])));
    const before = [0, 1, 2, 5, 6, 7, 8, 20];
    const afterwards = [1, 2, 3, 6, 7, 8, 20, 21];
    const { path: previous } = await write(spider, pick(before), storage, { numbers: before });
    const changed = await write(spider, pick(afterwards), storage, { numbers: afterwards, previous });
    const whole = await write(spider, pick(afterwards), storage, { numbers: afterwards });
    assert.equal(changed.computed, 2);
    assert.ok(readFileSync(changed.path).equals(readFileSync(whole.path)));
    const retrained = await write(spider, pick(afterwards), storage, {
      numbers: afterwards,
      version: 1,
      previous,
    });
    assert.equal(retrained.computed, 8);
  });
}

for (const storage of TOKEN_STORAGES) {
  test(`a ${storage} zoo after changes ranks as one that was opened with them`, async () => {
    const random = new RandomSpider(11);
    const spider = random.parameters(16, 5);
    const tokens = random.matrix(2600, 16);
    const token = (m: number): number[] => [...tokens.values.subarray(16 * m, 16 * (m + 1))];
    // Of 2,500 PTMs, every seventh left; number 8 has a new token, and the last hundred came, at the front and the end.
    const kept = [...Array(2500).keys()].filter((m) => m % 7 > 0);
    const order = [...Array(50).keys()].map((i) => 2501 + i);
    order.push(...kept.map((m) => (m === 8 ? 2500 : m)), ...[...Array(50).keys()].map((i) => 2551 + i));
    const added = [2599, ...[...Array(100).keys()].map((i) => 2500 + i)];
    const whole = [...added.slice(1, 51), ...kept.map((m) => (m === 8 ? 2599 : m)), ...added.slice(51)];
    const pick = (rows: number[]): Matrix => matrix(rows.length, 16, Float32Array.from(rows.flatMap(token)));
    const { path } = await write(spider, pick([...Array(2500).keys()]), storage);
    const { header, close } = await openZooFile(path);
    await close();
    const scorer = await ZooScorer.openFile({ spider, path, header, ...onCpu });
    const changed = await scorer.changed({ added: pick(added), order: Int32Array.from(order) });
    await scorer.close(); // the thread stays for the other
    const exact = await ZooScorer.open({ spider, tokens: pick(whole), ...onCpu });
    const admitted = new Uint8Array(Math.ceil(whole.length / 8)).fill(0b01101110);
    const questions = [3, 30, 9].map((C) => ({ taskToken: random.matrix(C, 5), k: 12, admitted }));
    const [got, expected] = [await changed.bestMany(questions), await exact.bestMany(questions)];
    got.forEach(({ positions, scores }, i) => {
      assert.deepEqual([...positions], [...expected[i]!.positions]);
      const tolerance = storage === "float16" ? 0.01 : 1e-4;
      scores.forEach((score, j) => assert.ok(Math.abs(score - expected[i]!.scores[j]!) < tolerance));
    });
    const { taskToken } = questions[0]!;
    const tau = kendallTauB(await changed.score(taskToken), await exact.score(taskToken));
    assert.ok(tau >= 0.98, `Kendall's tau is ${tau}`);
    await assert.rejects(scorer.score(taskToken), /closed/);
    const tooWide = changed.changed({ added: random.matrix(1, 8), order: Int32Array.of(0) });
    await assert.rejects(tooWide, /must be 16 wide, got 8/);
    await exact.close();
    await changed.close();
    await changed.close();
  });
}

test("narrow storages keep the order of the demo zoo's trained tokens", async () => {
  const read = (name: string): Buffer => readFileSync(new URL(`zoo/spider/${name}`, repositoryRoot));
  const manifest: unknown = JSON.parse(read("manifest.json").toString());
  const { parameters, ptms } = readSnapshot(read("spider.safetensors"), manifest).spider;
  const tokens = tokenMatrix(ptms, parameters.width);
  const random = new RandomSpider(8);
  const tasks = Array.from({ length: 20 }, (_, i) => random.matrix(2 + i, parameters.encoderWidth));
  const scoresOf = async (storage: TokenStorage): Promise<Float32Array[]> => {
    const file = await openZooFile((await write(parameters, tokens, storage)).path);
    const zoo = await ZooSessions.open(parameters, file, "cpu");
    const scores = await zoo.scoreMany(tasks);
    await zoo.release();
    await file.close();
    return scores;
  };
  const exact = await scoresOf("float32");
  for (const [storage, atLeast] of [
    ["float16", 0.999],
    ["int8", 0.97],
  ] as const) {
    const taus = (await scoresOf(storage)).map((scores, i) => kendallTauB(scores, exact[i]!));
    const mean = taus.reduce((sum, tau) => sum + tau) / taus.length;
    assert.ok(mean >= atLeast, `${storage}: mean tau ${mean}, least ${Math.min(...taus)}`);
  }
});

test("int8 with exact tokens for the best hundred finds the same ten on 95 of 100 random tasks", async () => {
  const random = new RandomSpider(6);
  const spider = random.parameters(64, 24);
  const tokens = random.matrix(4000, 64);
  const file = await openZooFile((await write(spider, tokens, "int8")).path);
  const zoos = [
    await ZooSessions.open(spider, file, "cpu"),
    await ZooSessions.open(spider, tokens, "cpu"),
  ] as const;
  const [narrow, exact] = [rankedZoo(zoos[0]), rankedZoo(zoos[1])];
  let same = 0;
  for (let i = 0; i < 100; i++) {
    const task = random.matrix(10, 24);
    const [[got], [expected]] = [
      await narrow.best([{ taskToken: task, k: 10 }]),
      await exact.best([{ taskToken: task, k: 10 }]),
    ];
    if (got!.positions.every((position, rank) => position === expected!.positions[rank])) same++;
  }
  assert.ok(same >= 95, `the same ten on ${same} of 100 tasks`);
  await Promise.all(zoos.map((zoo) => zoo.release()));
  await file.close();
});

test("a scorer opens a zoo file in its thread", async () => {
  const random = new RandomSpider(9);
  const spider = random.parameters(16, 5);
  const { path } = await write(spider, random.matrix(300, 16), "float16");
  const { header, close } = await openZooFile(path);
  await close();
  const scorer = await ZooScorer.openFile({ spider, path, header, ...onCpu });
  assert.equal((await scorer.best({ taskToken: random.matrix(3, 5), k: 4 })).positions.length, 4);
  await scorer.close();
  const narrower = ZooScorer.openFile({ spider, path, header: { ...header, width: 8 }, ...onCpu });
  await assert.rejects(narrower, /must be 16 wide, got 8/);
});

test("a file that is no zoo, cut short or of another spider is refused", async () => {
  const random = new RandomSpider(10);
  const spider = random.parameters(8, 3);
  const tokens = random.matrix(3, 8);
  const { path } = await write(spider, tokens, "float32");
  const narrow = write(spider, tokens, "int8", { previous: path });
  await assert.rejects(narrow, /must be of storage int8, got float32/);
  await truncate(path, 500);
  await assert.rejects(openZooFile(path), /must have \d+ bytes, got 500/);
  await writeFile(path, "not a zoo");
  await assert.rejects(openZooFile(path), /is no zoo file/);
  const bad = matrix(1, 8, new Float32Array(8).fill(NaN));
  await assert.rejects(write(spider, bad, "float32"), /tokens: every value must be finite, got NaN/);
});
