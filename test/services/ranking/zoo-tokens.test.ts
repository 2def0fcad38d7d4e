import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { v7 as uuid } from "uuid";

import type { TokenStorage } from "../../../src/engine/spider/token-storage.js";
import { PtmToken } from "../../../src/entities/ptm-token.js";
import { Ptm } from "../../../src/entities/ptm.js";
import { Spider } from "../../../src/entities/spider.js";
import { ZooFile } from "../../../src/entities/zoo-file.js";
import { sha256 } from "../../../src/services/digest.js";
import type { SpiderSnapshots } from "../../../src/services/tokens/spider-snapshots.js";
import { ZooFiles } from "../../../src/services/ranking/zoo-files.js";
import { type LoadedZoo, ZooTokens } from "../../../src/services/ranking/zoo-tokens.js";
import { LocalDiskStore } from "../../../src/storage/local-disk.js";
import { RandomSpider } from "../../support/random-spider.js";
import { createTestRegistry, type TestRegistry } from "../../support/registry.js";
import { sowRegistry } from "../../support/registry-rows.js";

const [WIDTH, SIZE] = [4, 500];
const random = new RandomSpider(12);
const parameters = random.parameters(WIDTH, 3);
const task = random.matrix(3, 3);
const snapshots = { read: async () => ({ parameters, ptms: [] }) } as unknown as SpiderSnapshots;

const RETIRED = { status: "RETIRED", retiredAt: new Date(), retirementReason: "it is old" } as const;

let registry: TestRegistry;
let home: string;
let store: LocalDiskStore;
let spider: Spider;
let ptmIds: string[];
const open: ZooTokens[] = [];

before(async () => {
  registry = await createTestRegistry();
  home = await mkdtemp(join(tmpdir(), "orb-zoo-tokens-"));
  store = new LocalDiskStore(join(home, "artifacts"));
  const sown = await sowRegistry(registry.dataSource, SIZE);
  ptmIds = [...sown.ptmIds].sort();
  spider = await registry.dataSource.getRepository(Spider).findOneByOrFail({ id: sown.spiderId });
  await giveTokens(ptmIds);
});

after(async () => {
  for (const tokens of open) await tokens.close();
  await registry.drop();
  await rm(home, { recursive: true });
});

function zooTokens(fewestInFile: number, storage: TokenStorage = "float32"): ZooTokens {
  const files = new ZooFiles(registry.dataSource, store, snapshots, join(home, "growing"), storage);
  const tokens = new ZooTokens(registry.dataSource, snapshots, files, {
    executionProviders: ["cpu"],
    onWarning: (warning) => assert.fail(warning),
    fewestInFile,
  });
  open.push(tokens);
  return tokens;
}

async function giveTokens(ids: readonly string[]): Promise<void> {
  const vectors = ids.map(() => random.values(WIDTH));
  await registry.dataSource.query(
    `UPDATE ptm_token SET vector = learned.vector, digest = learned.digest
     FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS learned (ptm_id, vector, digest)
     WHERE ptm_token.ptm_id = learned.ptm_id`,
    [
      ids,
      vectors.map(({ buffer }) => Buffer.from(buffer as ArrayBuffer)),
      vectors.map((vector) => sha256(vector)),
    ],
  );
}

async function giveToken(ptmId: string): Promise<void> {
  const vector = random.values(WIDTH);
  const token = { vector, digest: sha256(vector) };
  const { affected } = await registry.dataSource.getRepository(PtmToken).update({ ptmId }, token);
  if (affected === 0) {
    await registry.dataSource
      .getRepository(PtmToken)
      .insert({ id: uuid(), ptmId, spiderId: spider.id, width: WIDTH, ...token });
  }
}

async function addPtm(id: string): Promise<void> {
  const ptms = registry.dataSource.getRepository(Ptm);
  await ptms.insert(Object.assign(await ptms.findOneByOrFail({ id: ptmIds[9]! }), { id, name: `ptm ${id}` }));
  await giveToken(id);
}

/** What a ranking sees of a zoo. */
async function seen({ ids, digest, scorer }: LoadedZoo) {
  const fitness = [...(await scorer.score(task))];
  await scorer.close();
  return { ids: fitness.map((_, position) => ids.at(position)), digest, fitness };
}

test("a zoo in a file, and all that comes, goes and changes since, is the zoo that its rows hold", async () => {
  const fromRows = zooTokens(SIZE + 100);
  const fromFile = zooTokens(10);
  const same = async (): Promise<void> => {
    const [expected, got] = [
      await seen(await fromRows.load(spider)),
      await seen(await fromFile.load(spider)),
    ];
    assert.deepEqual(got.ids, expected.ids);
    assert.equal(got.digest, expected.digest);
    const largest = Math.max(...got.fitness.map((value, m) => Math.abs(value - expected.fitness[m]!)));
    assert.ok(largest < 1e-5, `fitness differs by ${largest}`);
  };
  const ptms = registry.dataSource.getRepository(Ptm);
  const files = registry.dataSource.getRepository(ZooFile);

  await same();
  const { artifactSha256: first } = await files.findOneByOrFail({ spiderId: spider.id, storage: "float32" });
  await ptms.update({ id: ptmIds[0]! }, { card: "its token is as it was" });
  await same();
  await ptms.update({ id: ptmIds[7]! }, RETIRED);
  await same();
  await ptms.update({ id: ptmIds[7]! }, { status: "READY", retiredAt: null, retirementReason: null });
  await giveToken(ptmIds[200]!);
  await same();
  await addPtm("00000000-0000-7000-8000-000000000000"); // before every other
  await same();
  assert.equal(
    (await files.findOneByOrFail({ spiderId: spider.id, storage: "float32" })).artifactSha256,
    first,
  );

  // Far more than are kept beside a file: it is written anew, and the old one goes.
  await giveTokens(ptmIds.slice(20, 60));
  await ptms.update(ptmIds.slice(100, 120), RETIRED);
  await addPtm(uuid()); // after every other
  await same();
  const { artifactSha256: second } = await files.findOneByOrFail({ spiderId: spider.id, storage: "float32" });
  assert.notEqual(second, first);
  assert.equal(await store.has(first), false);

  // Another process finds the file as it is, and a lost file is written again.
  const fresh = zooTokens(10);
  assert.deepEqual(await seen(await fresh.load(spider)), await seen(await fromFile.load(spider)));
  await store.delete(second);
  const restored = zooTokens(10);
  assert.deepEqual(await seen(await restored.load(spider)), await seen(await fromRows.load(spider)));
  assert.deepEqual(await readdir(join(home, "growing")), []);
});

test("each storage has a file of its own", async () => {
  const { digest } = await seen(await zooTokens(10, "float16").load(spider));
  assert.equal((await seen(await zooTokens(10, "int8").load(spider))).digest, digest);
  const files = await registry.dataSource.getRepository(ZooFile).findBy({ spiderId: spider.id });
  assert.deepEqual(files.map(({ storage }) => storage).sort(), ["float16", "float32", "int8"]);
});
