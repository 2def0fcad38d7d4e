import { Client } from "pg";
import { startEmbeddedPostgres } from "../../src/database/embedded-postgres.js";

/**
 * A process to be killed: starts (or adopts) the server of the folder in its first argument, says so in one line of
 * JSON, and closes it when its standard input ends. Tests run it with child_process.
 */
const [dataFolder = ""] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({
  dataFolder,
  log: (line) => console.log(JSON.stringify({ log: line })),
});
const client = new Client({ ...postgres });
await client.connect();
const { rows } = await client.query<{ pid: string }>(
  "SELECT (regexp_split_to_array(pg_read_file('postmaster.pid'), '\n'))[1] AS pid",
);
await client.end();
console.log(
  JSON.stringify({ ready: { host: postgres.host, adopted: postgres.adopted, pid: Number(rows[0]?.pid) } }),
);
process.stdin.resume();
process.stdin.once("end", () => {
  void postgres.close().then(() => console.log(JSON.stringify({ closed: true })));
});
