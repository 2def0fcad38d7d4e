import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { FINGERPRINT_WIDTH } from "../../../src/engine/tokens/fingerprint.js";
import { PtmNearDuplicate } from "../../../src/entities/ptm-near-duplicate.js";
import { compareFingerprint, keepFingerprint } from "../../../src/services/tokens/keep-fingerprint.js";
import { copyRows } from "../../support/copy-rows.js";
import { createTestRegistry, insertPtm, type TestRegistry } from "../../support/registry.js";

let registry: TestRegistry;
before(async () => {
  registry = await createTestRegistry();
});
after(() => registry.drop());

const towards = (direction: number): Float32Array => {
  const vector = new Float32Array(FINGERPRINT_WIDTH);
  vector[direction] = 1;
  return vector;
};
const added = async (): Promise<string> => (await insertPtm(registry.dataSource)).id;
const compare = (ptmId: string, direction: number) =>
  compareFingerprint(registry.dataSource.manager, ptmId, towards(direction));
const keep = (compared: Awaited<ReturnType<typeof compare>>): Promise<void> =>
  registry.dataSource.transaction((manager) => keepFingerprint(manager, compared));

async function twinsOf(ptmId: string): Promise<string[]> {
  const rows = await registry.dataSource.getRepository(PtmNearDuplicate).findBy({ ptmId });
  return rows.map(({ otherId }) => otherId).sort();
}

test("two PTMs that were compared before either was written down still find each other", async () => {
  const [first, second] = [await added(), await added()];
  const compared = [await compare(first, 0), await compare(second, 0)] as const;
  await Promise.all(compared.map(keep));
  assert.deepEqual([await twinsOf(first), await twinsOf(second)], [[second], [first]]);
});

test("a PTM whose fingerprint changed since it was compared with is no twin any more, and the other way round", async () => {
  const [old, changed, late] = [await added(), await added(), await added()];
  await keep(await compare(changed, 1));
  await keep(await compare(old, 2));
  const compared = await compare(late, 1);
  assert.deepEqual([...compared.twins.keys()], [changed]);
  await keep(await compare(changed, 3));
  await keep(await compare(old, 1));
  await keep(compared);
  assert.deepEqual(await twinsOf(late), [old]);
  assert.deepEqual(await twinsOf(changed), []);
});

test("of one file are no twins, and more fingerprints than a page holds are all compared with", async () => {
  const { dataSource } = registry;
  const [ptm, copy] = [await added(), await added()];
  await dataSource.query(
    `UPDATE ptm SET artifact_sha256 = (SELECT artifact_sha256 FROM ptm WHERE id = $1) WHERE id = $2`,
    [ptm, copy],
  );
  const others = await Promise.all(Array.from({ length: 4 }, added));
  for (const other of others) await keep(await compare(other, 4));
  await keep(await compare(copy, 4));
  const more = await copyRows(dataSource, "ptm", `id = '${others[0]}'`, 1100, { name: "'more ' || n" });
  await dataSource.query(`INSERT INTO ptm_fingerprint (ptm_id, vector) SELECT unnest($1::uuid[]), $2`, [
    more,
    Buffer.from(towards(5).buffer),
  ]);
  const last = await added();
  await keep(await compare(last, 4));
  await keep(await compare(ptm, 4));
  assert.deepEqual(await twinsOf(ptm), [...others, last].sort());
});
