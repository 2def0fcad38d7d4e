import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { idBytes, PtmIds } from "../../../src/services/ranking/ptm-ids.js";
import { ZooFamilies } from "../../../src/services/ranking/zoo-families.js";
import { createTestRegistry, type TestRegistry } from "../../support/registry.js";
import { sowRegistry } from "../../support/registry-rows.js";

const SIZE = 200;
const FORMS = ["plain", null, "dense", "residual", null];

let registry: TestRegistry;
let ptmIds: string[];
let formOf: Map<string, string | null>;

before(async () => {
  registry = await createTestRegistry();
  ptmIds = [...(await sowRegistry(registry.dataSource, SIZE)).ptmIds].sort();
  // Those of the last ones have an architecture that nobody before them has.
  formOf = new Map(
    ptmIds.map((id, i) => [id, i < SIZE - 4 ? FORMS[i % FORMS.length]! : ["new", null][i % 2]!]),
  );
  await registry.dataSource.query(
    `UPDATE ptm SET architecture = given.form FROM unnest($1::uuid[], $2::text[]) AS given (id, form)
     WHERE ptm.id = given.id`,
    [[...formOf.keys()], [...formOf.values()]],
  );
});

after(() => registry.drop());

const idsOf = (ids: readonly string[]): PtmIds => new PtmIds(Buffer.concat(ids.map(idBytes)));

function assertFamilies(ids: readonly string[], { numbers }: ZooFamilies): void {
  assert.equal(numbers.length, ids.length);
  const nameOf = (id: string): string => formOf.get(id) ?? id;
  for (const [i, a] of ids.entries()) {
    for (const [j, b] of ids.entries()) {
      assert.equal(numbers[i] === numbers[j], nameOf(a) === nameOf(b), `${nameOf(a)} and ${nameOf(b)}`);
    }
  }
}

test("families are architectures, and each PTM without one is its own, also where they came later", async () => {
  const all = await ZooFamilies.read(registry.dataSource, idsOf(ptmIds));
  assertFamilies(ptmIds, all);

  const early = ptmIds.slice(0, -4);
  const first = await ZooFamilies.read(registry.dataSource, idsOf(early));
  assertFamilies(early, first);
  const later = ptmIds.filter((_, i) => i !== 17);
  const second = await ZooFamilies.read(registry.dataSource, idsOf(later), first);
  assertFamilies(later, second);
  assertFamilies(ptmIds, await ZooFamilies.read(registry.dataSource, idsOf(ptmIds), second));
});

test("families of a zoo of which little is known are read anew", async () => {
  const few = ptmIds.slice(0, 20);
  const first = await ZooFamilies.read(registry.dataSource, idsOf(few));
  assertFamilies(ptmIds, await ZooFamilies.read(registry.dataSource, idsOf(ptmIds), first));
  assertFamilies([], await ZooFamilies.read(registry.dataSource, idsOf([]), first));
});
