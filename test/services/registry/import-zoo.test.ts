import assert from "node:assert/strict";
import { after, test } from "node:test";

import { AuditEvent } from "../../../src/entities/audit-event.js";
import { Outcome } from "../../../src/entities/outcome.js";
import { sowRegistry } from "../../support/registry-rows.js";
import { startTestServer } from "../../support/server.js";

const server = await startTestServer();
after(() => server.close());

test("outcomes of a zoo folder are audited once each, and an import again changes and writes nothing", async () => {
  const { dataSource, services } = server.container;
  await sowRegistry(dataSource, 3);
  const events = dataSource.getRepository(AuditEvent);
  const outcomes = dataSource.getRepository(Outcome);
  const before = await outcomes.count();

  const ptms = ["ptm 0", "ptm 1", "ptm 2", "of another zoo"];
  for (const value of [0.5, 0.5, 0.7]) {
    await services.importZoo.importOutcomes(
      ptms.map((ptm) => ({ task: "task 0", ptm, metric: "auc", value })),
    );
    assert.equal(await outcomes.count(), before + 3);
    const written = await events.findBy({ action: "importZoo" });
    assert.deepEqual(
      written.map(({ actor, subjectType, after }) => [actor, subjectType, (after as Outcome).value]),
      Array.from({ length: 3 }, () => ["zoo import", "Outcome", 0.5]),
    );
  }
});
