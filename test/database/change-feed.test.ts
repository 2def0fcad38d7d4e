import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client } from "pg";
import { pino } from "pino";

import { ChangeFeed, type ChangeWatch } from "../../src/database/change-feed.js";
import { createTestDatabase, type TestDatabase } from "../support/postgres.js";

let database: TestDatabase;
let feed: ChangeFeed;
let client: Client;

before(async () => {
  database = await createTestDatabase();
  feed = new ChangeFeed({ url: database.url }, pino({ level: "silent" }));
  feed.start();
  client = new Client({ connectionString: database.url });
  await client.connect();
  // Until the feed has told every watch that it listens; from here on a watch hears of notices alone.
  const watch = feed.watch("beginning");
  await watch.next();
  await listening();
  await notify("beginning");
  await watch.next();
  watch.close();
});
after(async () => {
  await feed.close();
  await client.end();
  await database.drop();
});

async function notify(topic: string): Promise<void> {
  await client.query(`SELECT pg_notify('orbweaver', $1)`, [topic]);
}

/** A watch whose first look is taken. */
async function settled(topic: string): Promise<ChangeWatch> {
  const watch = feed.watch(topic);
  await watch.next();
  return watch;
}

async function listening(): Promise<void> {
  const listeners = `SELECT FROM pg_stat_activity WHERE application_name = 'orbweaver-changes'
    AND datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'`;
  while ((await client.query(listeners)).rowCount === 0)
    await new Promise((resolve) => setImmediate(resolve));
}

test("a watch hears of its own topic, and of a whole family of topics", async () => {
  const own = await settled("job 1");
  const family = await settled("finished ");
  await notify("job 2");
  await notify("finished 7");
  assert.equal(await family.next(), true);
  let heard = false;
  const waiting = own.next().then(() => (heard = true));
  await notify("finished 8");
  await family.next();
  assert.equal(heard, false);
  await notify("job 1");
  await waiting;
  assert.equal(heard, true);
  own.close();
  family.close();
});

test("whatever happens while nobody looks is one change", async () => {
  const watch = await settled("job 3");
  const other = await settled("job 4");
  for (let i = 0; i < 200; i++) await notify("job 3");
  await notify("job 4");
  await other.next(); // notices come in order, so all of them are here
  assert.equal(await watch.next(), true);
  let heard = false;
  void watch.next().then((open) => (heard = open));
  await notify("job 4");
  await other.next();
  assert.equal(heard, false);
  watch.close();
  other.close();
});

test("after a lost connection every watch looks again and hears what comes next", async () => {
  const watch = await settled("job 5");
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orbweaver-changes'
     AND datname = current_database()`,
  );
  assert.equal(await watch.next(), true);
  await notify("job 5");
  assert.equal(await watch.next(), true);
  watch.close();
});

test("a closed watch ends a wait at once and is forgotten", async () => {
  const watchers = feed.watchers;
  const watch = await settled("job 6");
  const waiting = watch.next();
  watch.close();
  watch.close();
  assert.equal(await waiting, false);
  assert.equal(await watch.next(), false);
  assert.equal(feed.watchers, watchers);
});
