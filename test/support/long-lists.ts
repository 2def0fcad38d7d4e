import { writeSnapshot } from "../../src/engine/spider/snapshot.js";
import { sha256 } from "../../src/services/digest.js";
import { keepArtifact } from "../../src/services/registry/keep-artifact.js";
import { copyRows } from "./copy-rows.js";
import { RandomSpider } from "./random-spider.js";
import { type SownRegistry, sowRegistry } from "./registry-rows.js";
import type { TestServer } from "./server.js";

/** Items of every list. */
export const LENGTH = 52;

/** A registry in which every list of the API has `LENGTH` items or more, below one PTM and one task where it is theirs. */
export async function sowLongLists({ container }: TestServer): Promise<SownRegistry> {
  const { dataSource, store } = container;
  const sown = await sowRegistry(dataSource, LENGTH);
  const { ptmIds, taskIds, spiderId } = sown;
  const [ptm, task] = [ptmIds[0]!, taskIds[0]!];
  const copy = (table: string, where: string, changes: Readonly<Record<string, string>>): Promise<string[]> =>
    copyRows(dataSource, table, where, LENGTH, changes);
  const nth = (ids: readonly string[]): string => `('{${ids.join(",")}}'::uuid[])[n]`;
  const hash = (text: string): string => `encode(sha256((${text})::bytea), 'hex')`;

  // A spider that can be opened, so that it ranks and places tasks.
  const encoder = { id: "encoder", digest: sha256("encoder") };
  const random = new RandomSpider(5);
  const learned = {
    id: "ptm 0",
    digest: sha256("ptm 0"),
    token: random.values(4),
    projection: random.matrix(4, 4),
    projectionBias: random.values(4),
  };
  const { weights, manifest } = writeSnapshot(
    { encoder, parameters: random.parameters(4, 4), ptms: [learned] },
    "a test",
    {},
  );
  const snapshot = await keepArtifact(dataSource, store, weights);
  const tasks = taskIds.map((id) => ({ id, name: "evaluated", missing: "example" }));
  const evaluation = { tasks: taskIds, rankers: [{ ranker: "spider", taskCount: 0, tasks }] };
  await dataSource.query(
    `UPDATE spider SET snapshot_sha256 = $1, manifest = $2, evaluation = $3 WHERE id = $4`,
    [snapshot, JSON.stringify(manifest), JSON.stringify(evaluation), spiderId],
  );

  // Items lead to as much as each other, as far as that can be.
  await dataSource.query(`UPDATE ptm SET base_ptm_id = $1, successor_id = $1`, [ptm]);
  await dataSource.query(
    `UPDATE task SET successor_id = $1, artifact_sha256 = NULL,
                     classes = ARRAY(SELECT 'class ' || n FROM generate_series(1, $2::int) AS n)`,
    [task, LENGTH],
  );
  const versions = { version: "n + 1", latest: "false" };
  const [ptms, furtherTasks] = [
    await copy("ptm", `id = '${ptm}'`, versions),
    await copy("task", `id = '${task}'`, versions),
  ];
  await copy("ptm_token", "true", { ptm_id: nth(ptms) });
  await copy("task_token", "true", { task_id: nth(furtherTasks) });
  await copy("job", "kind = 'TOKENIZE_PTM'", { ptm_id: nth(ptms) });
  await copy("job", "kind = 'TOKENIZE_TASK'", { task_id: nth(furtherTasks) });

  const rankings = await copy("ranking", `task_id = '${task}'`, { receipt: hash("'ranking ' || n") });
  await copy("ranking_entry", `ptm_id = '${ptm}'`, { ranking_id: nth(rankings), rank: "1" });
  await copy("ranking_entry", `ranking_id = '${rankings[0]}'`, { ptm_id: nth(ptms), rank: "n + 1" });
  await dataSource.query(
    `INSERT INTO ptm_near_duplicate (ptm_id, other_id, similarity) SELECT $1, id, 0.999 FROM ptm WHERE id <> $1
     ON CONFLICT DO NOTHING`,
    [ptm],
  );
  const [ofPtm, ofTask] = [
    { ptm_id: `'${ptm}'`, task_id: nth(taskIds) },
    { task_id: `'${task}'`, ptm_id: nth(ptmIds) },
  ];
  // Measured after the rankings above, so that these are evaluated.
  await copy("outcome", "true", { ...ofPtm, seed: "1000 + n", created_at: "now()" });
  await copy("outcome", "true", { ...ofTask, seed: "2000 + n", created_at: "now()" });
  await copy("transferability_score", "true", { ...ofPtm, metric: "'LEEP'" });
  await copy("transferability_score", "true", { ...ofTask, metric: "'NCE'" });
  await copy("specific_token", `task_id = '${task}'`, { ptm_id: nth(ptms) });

  const spiders = await copy("spider", `id = '${spiderId}'`, {
    version: "100 + n",
    active: "false",
    snapshot_sha256: "NULL",
    manifest: "NULL",
    status: "'CANCELLED'",
  });
  await copy("spider_training", "true", { spider_id: nth(spiders), request_key: hash("'training ' || n") });
  await copy("spider_epoch", "true", { spider_id: nth(spiders) });
  const pools = await copy("pool", "true", { name: "'pool ' || n", content_sha256: hash("'pool ' || n") });
  await copy("pool_source", "task_id IS NOT NULL", { pool_id: nth(pools) });
  const noTask = { task_id: "NULL", ptm_id: "NULL" };
  await copy("job", "true", { ...noTask, kind: "'TRAIN'", spider_id: nth(spiders) });
  await copy("job", "true", { ...noTask, kind: "'MEASURE_POOL'", pool_id: nth(pools) });
  await copy("access_key", "true", { secret_sha256: hash("'key ' || n"), name: "'key ' || n" });
  const webhooks = await copy("webhook", "true", { url: "'https://hooks.example.org/' || n" });
  await copy("webhook_delivery", "true", { webhook_id: nth(webhooks) });
  for (const [type, id] of [
    ["Ptm", ptm],
    ["Task", task],
  ]) {
    await copy("audit_event", "true", { subject_type: `'${type}'`, subject_id: `'${id}'` });
  }
  return sown;
}
