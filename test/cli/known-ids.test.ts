import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { OrbClient } from "orbweaver-client";

import { KnownIds } from "../../src/cli/remote/known-ids.js";
import { Ptm } from "../../src/entities/ptm.js";
import { toGlobalId } from "../../src/schema/global-id.js";
import { type SownRegistry, sowRegistry } from "../support/registry-rows.js";
import { startTestServer, type TestServer } from "../support/server.js";

const SIZE = 120;

/** Counts what it asks. */
class CountingClient extends OrbClient {
  asked = 0;

  override ask: OrbClient["ask"] = (...question) => {
    this.asked++;
    return super.ask(...question);
  };
}

let server: TestServer;
let sown: SownRegistry;
let orb: CountingClient;
before(async () => {
  server = await startTestServer();
  sown = await sowRegistry(server.container.dataSource, SIZE);
  orb = new CountingClient({ server: server.address });
});
after(() => server.close());

const ptmId = (place: number): string => toGlobalId("Ptm", sown.ptmIds[place]!);

test("120 names are looked up by three requests, and what is known by none", async () => {
  const tasks = KnownIds.tasks(orb);
  const names = sown.taskIds.map((_, i) => `task ${i}`);
  orb.asked = 0;
  await tasks.lookUp(names);
  assert.equal(orb.asked, 3);
  await tasks.lookUp(names);
  assert.equal(orb.asked, 3);
  assert.deepEqual(
    names.map((name) => tasks.get(name)),
    sown.taskIds.map((id) => toGlobalId("Task", id)),
  );
});

test("a name is its newest version, whatever its case; name@version and ids are what they say; nothing else is found", async () => {
  const { dataSource } = server.container;
  const [older] = await dataSource.getRepository(Ptm).findBy({ id: sown.ptmIds[0]! });
  await dataSource.getRepository(Ptm).update({ id: sown.ptmIds[0]! }, { latest: false });
  const newer = "01890000-0000-7000-8000-000000000001";
  await dataSource.getRepository(Ptm).insert(Object.assign(older!, { id: newer, version: 2, latest: true }));

  const ptms = KnownIds.ptms(orb);
  const asked = ["PTM 0", "ptm 0@1", "ptm 0@2", "ptm 0@3", ptmId(5), "nobody", "ptm 1"];
  await ptms.lookUp(asked);
  const found = asked.map((which) => ptms.get(which));
  assert.deepEqual(found, [
    toGlobalId("Ptm", newer),
    ptmId(0),
    toGlobalId("Ptm", newer),
    undefined,
    ptmId(5),
    undefined,
    ptmId(1),
  ]);
});
