// Fills a registry with rows for measuring: `npm run seed` into the registry of ORB_HOME or DATABASE_URL.
// The files behind the artifacts do not exist, so these PTMs can be listed and ranked, never run.
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

export const SIZES = { names: 10_000, versions: 5, tasks: 1_000, outcomes: 200_000 };

/** PTMs of one statement: each stays within the limit that the registry sets its statements. */
const CHUNK = 2_500;

/** Ids that sort as they were made, behind those of a zoo that was imported before. */
const id = (n, kind) => `('fff00000-' || substr(lpad(to_hex(${n}), 8, '0'), 1, 4) || '-' ||
  substr(lpad(to_hex(${n}), 8, '0'), 5, 4) || '-8000-' || lpad(to_hex(${kind}), 12, '0'))::uuid`;
const digest = (text) => `encode(sha256((${text})::bytea), 'hex')`;
const pick = (values, n) => `(ARRAY[${values.map((value) => `'${value}'`)}])[1 + ${n} % ${values.length}]`;

const LICENSES = ["Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0", "GPL-3.0", "proprietary"];
const FAMILIES = ["resnet", "vit", "convnext", "efficientnet", "mobilenet", "densenet", "swin", "regnet"];
const TAGS = ["vision", "medical", "satellite", "retail", "small", "large", "distilled", "quantised"];

/** Adds the rows; a registry is filled once. @param dataSource of a container */
export async function seed(dataSource, { names, versions, tasks, outcomes } = SIZES) {
  const [spider] = await dataSource.query(`SELECT id, encoder_sha256 FROM spider WHERE active`);
  const total = names * versions;
  for (let begin = 0; begin < total; begin += CHUNK) {
    const range = `generate_series(${begin}, ${Math.min(begin + CHUNK, total) - 1}) AS n`;
    await dataSource.query(`INSERT INTO artifact SELECT ${digest("'seeded ptm ' || n")}, 1000 FROM ${range}`);
    await dataSource.query(`
      INSERT INTO ptm (id, name, version, latest, status, architecture, license, modality, tags, card, signature,
                       artifact_sha256, size_bytes, parameter_count, macs, feature_width, created_by)
      SELECT ${id("n", 1)}, 'team-' || (n / ${versions}) % 97 || '/' || ${pick(FAMILIES, `(n / ${versions})`)} || '_' || n / ${versions},
             1 + n % ${versions}, n % ${versions} = ${versions - 1}, 'READY',
             ${pick(FAMILIES, `(n / ${versions})`)}, ${pick(LICENSES, `(n / ${versions} / 8)`)}, 'IMAGE',
             ARRAY[${pick(TAGS, `(n / ${versions})`)}, ${pick(TAGS, `(n / ${versions} / 8 + 3)`)}, 'group-' || (n / ${versions}) % 500],
             'Trained for ' || ${pick(["flowers", "tumours", "harbours", "receipts", "textures"], "n")} ||
               repeat(' with care and documented at length', 10),
             '{"input":"image","layout":"NCHW","channels":3,"height":32,"width":32,"range":[0,1],"mean":0,"std":1,"outputs":{"features":"features"}}',
             ${digest("'seeded ptm ' || n")}, 1000 + hashint4(n)::bigint + 2147483648, 1000 + (hashint4(n + 1)::bigint + 2147483648) / 40,
             1000000 + (hashint4(n + 2)::bigint + 2147483648), 128, 'user-' || n % 50
      FROM ${range}`);
    if (spider !== undefined) {
      await dataSource.query(
        `WITH learned AS (SELECT vector, width, digest, row_number() OVER () - 1 AS place, count(*) OVER () AS total
                          FROM ptm_token WHERE spider_id = $1 AND ptm_id < 'fff00000-0000-0000-0000-000000000000')
         INSERT INTO ptm_token (id, ptm_id, spider_id, width, vector, digest)
         SELECT ${id("n", 2)}, ${id("n", 1)}, $1, width, vector, digest
         FROM ${range} JOIN learned ON place = n % total`,
        [spider.id],
      );
    }
  }
  await dataSource.query(`
    INSERT INTO task (id, name, version, kind, status, classes, sample_count, content_sha256, created_by)
    SELECT ${id("n", 3)}, 'task-' || n || '/' || ${pick(["harbours", "leaves", "scans"], "n")}, 1, 'CLASSIFICATION', 'READY',
           ARRAY['yes', 'no', 'class-' || n % 100], 100 * (n % 77), ${digest("'seeded task ' || n")}, 'user-' || n % 50
    FROM generate_series(0, ${tasks - 1}) AS n`);
  if (spider !== undefined) {
    // Three centres of features each, told apart by which feature is 1.
    await dataSource.query(
      `WITH drawn AS (
         SELECT n, encoder_width AS token_width, decode(string_agg(CASE WHEN (hashint4(n * 10000 + f) & 7) = 0 THEN '0000803f' ELSE '0000003e' END,
                                            '' ORDER BY f), 'hex') AS vectors
         FROM spider, generate_series(0, ${tasks - 1}) AS n, generate_series(1, 3 * encoder_width) AS f
         WHERE spider.id = $1 GROUP BY n, encoder_width)
       INSERT INTO task_token (id, task_id, encoder_sha256, class_count, width, vectors, digest)
       SELECT ${id("n", 4)}, ${id("n", 3)}, $2, 3, token_width, vectors, encode(sha256(vectors), 'hex') FROM drawn`,
      [spider.id, spider.encoder_sha256],
    );
  }
  const perTask = outcomes / tasks;
  for (let begin = 0; begin < outcomes; begin += 20_000) {
    await dataSource.query(`
      INSERT INTO outcome (id, task_id, ptm_id, metric, value, protocol, split, seed, reported_by, verified_at, verified_by)
      SELECT ${id("n", 5)}, ${id(`(n / ${perTask})`, 3)}, ${id(`((n / ${perTask}) * 37 + (n % ${perTask}) * 211) % ${total}`, 1)},
             ${pick(["accuracy", "auc"], `(n / ${perTask})`)}, (hashint4(n)::float8 + 2147483648) / 4294967296, 'FULL_FINE_TUNE', 'test', n,
             'user-' || n % 50, CASE WHEN n % 10 = 0 THEN now() END, CASE WHEN n % 10 = 0 THEN 'curator' END
      FROM generate_series(${begin}, ${Math.min(begin + 20_000, outcomes) - 1}) AS n`);
  }
  for (const table of ["ptm", "task", "outcome", "ptm_token", "task_token"]) {
    await dataSource.query(`ANALYZE ${table}`);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const src = new URL("../dist/src/", import.meta.url);
  const { Container } = await import(new URL("container.js", src));
  const { readConfig } = await import(new URL("config.js", src));
  const { createLogger } = await import(new URL("log.js", src));
  const container = await Container.open(readConfig(), createLogger("warn"));
  try {
    await seed(container.dataSource);
    console.log(`seeded: ${JSON.stringify(SIZES)}`);
  } finally {
    await container.close();
  }
}
