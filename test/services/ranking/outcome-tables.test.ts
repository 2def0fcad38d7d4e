import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { DataSource } from "typeorm";

import { localViewer } from "../../../src/services/access/viewer.js";
import { type OutcomeTable, OutcomeTables } from "../../../src/services/ranking/outcome-table.js";
import { ZooStates } from "../../../src/services/ranking/zoo-state.js";
import { ReportOutcome } from "../../../src/services/registry/report-outcome.js";
import { ReviewOutcome } from "../../../src/services/registry/review-outcome.js";
import { createTestDatabase, type TestDatabase } from "../../support/postgres.js";
import { type SownRegistry, sowRegistry } from "../../support/registry-rows.js";
import { statementsOf } from "../../support/statements.js";
import { createDataSource } from "../../../src/database/data-source.js";
import { migrate } from "../../../src/database/migrate.js";

const VIEWER = localViewer("test");

let database: TestDatabase;
let dataSource: DataSource;
let sown: SownRegistry;
let states: ZooStates;
let tables: OutcomeTables;
before(async () => {
  database = await createTestDatabase();
  await migrate(database);
  dataSource = createDataSource(database, { poolSize: 4, statementTimeoutMs: 10_000 });
  await dataSource.initialize();
  sown = await sowRegistry(dataSource, 5);
  states = new ZooStates(dataSource);
  tables = new OutcomeTables(dataSource);
});
after(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function now(of: OutcomeTables): Promise<OutcomeTable> {
  return of.at((await states.read()).outcomes);
}

/** What a process holds that was there all along is what one reads that has just begun. */
async function agree(): Promise<OutcomeTable> {
  const held = await now(tables);
  assert.deepEqual(held, await now(new OutcomeTables(dataSource)));
  return held;
}

async function report(task: number, ptm: number, value: number, seed = 99): Promise<string> {
  const { id } = await new ReportOutcome(dataSource).run(
    {
      taskId: sown.taskIds[task]!,
      ptmId: sown.ptmIds[ptm]!,
      metric: "accuracy",
      protocol: "LINEAR_PROBE",
      split: "test",
      value,
      seed,
    },
    VIEWER,
  );
  return id;
}

test("after a report the table holds it, and shares everything else with the table before", async () => {
  const before = await agree();
  await report(2, 0, 0.25);
  const after = await agree();
  assert.equal(after.byTask.get(sown.taskIds[2]!)!.known.get(sown.ptmIds[0]!)!.value, 0.25);
  assert.notEqual(after.digest, before.digest);
  for (const [id, outcomes] of before.byTask) {
    assert.equal(after.byTask.get(id) === outcomes, id !== sown.taskIds[2]);
  }
});

test("what is withdrawn, verified or measured in another way shows as well, and a task without outcomes goes", async () => {
  const wrong = await report(1, 4, 0.9);
  await agree();
  const review = new ReviewOutcome(dataSource);
  await review.verify(wrong, VIEWER);
  await agree();
  await review.withdraw(wrong, "example", VIEWER);
  await agree();
  await dataSource.query(`DELETE FROM outcome WHERE task_id = $1`, [sown.taskIds[3]]);
  assert.equal((await agree()).byTask.has(sown.taskIds[3]!), false);
  await report(3, 1, 0.5);
  assert.equal((await agree()).byTask.size, sown.taskIds.length);
});

test("reports at once are all in the table of whoever asks afterwards", async () => {
  await Promise.all(Array.from({ length: 10 }, (_, seed) => report(seed % 5, seed % 3, 0.5, 1000 + seed)));
  await agree();
});

test("a table is read once, and after a report two statements read the task alone", async () => {
  await now(tables);
  const { outcomes } = await states.read();
  assert.deepEqual(await statementsOf(dataSource, () => tables.at(outcomes)), []);
  await report(0, 3, 0.75);
  const later = (await states.read()).outcomes;
  const sent = await statementsOf(dataSource, () => Promise.all([tables.at(later), tables.at(later)]));
  assert.equal(sent.length, 2);
  assert.match(sent[1]!, /task_id = ANY/);
});

test("an older counter than the table's gets the table", async () => {
  const held = await now(tables);
  assert.equal(await tables.at("0"), held);
});
