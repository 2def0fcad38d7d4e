import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PtmLatency } from "../../../src/entities/ptm-latency.js";
import { keepLatency } from "../../../src/services/tokens/keep-latency.js";
import { sowRegistry } from "../../support/registry-rows.js";
import { startTestServer, type TestServer } from "../../support/server.js";

let server: TestServer;
let ptmId = "";
before(async () => {
  server = await startTestServer();
  const { ptmIds } = await sowRegistry(server.container.dataSource, 2);
  ptmId = ptmIds[0]!;
  await server.container.dataSource.getRepository(PtmLatency).delete({ ptmId });
});
after(() => server.close());

/** Runs of one batch each, of so many samples at so many milliseconds a sample. @returns what is known after each */
async function known(...runs: readonly (readonly [samples: number, milliseconds: number])[]) {
  const { manager } = server.container.dataSource;
  const after: [number, number][] = [];
  for (const [samples, milliseconds] of runs) {
    await keepLatency(manager, ptmId, [{ samples, seconds: (samples * milliseconds) / 1000 }]);
    const { batchSize, milliseconds: told } = await manager.findOneByOrFail(PtmLatency, { ptmId });
    after.push([batchSize, Number(told.toPrecision(6))]);
  }
  return after;
}

test("the latest latency counts, but for runs in smaller batches than were measured before", async () => {
  assert.deepEqual(await known([16, 2], [64, 1], [4, 9], [64, 3], [63, 9]), [
    [16, 2],
    [64, 1],
    [64, 1],
    [64, 3],
    [64, 3],
  ]);
});
