import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { readConfig } from "../config.js";
import { alignedTable } from "../engine/evaluation/aligned-table.js";
import { createLogger } from "../log.js";
import { sha256 } from "../services/digest.js";
import { parseOutcomes } from "../services/parse-outcomes.js";
import { ApiClient } from "./api-client.js";
import { importZooWithProgress, ZOO_FOLDER } from "./import-zoo.js";
import { ProgressBar } from "./progress-bar.js";
import { withContainer } from "./with-container.js";

/** Real photographs, one folder a class: the task that the demo brings through the public API. */
const DEMO_TASK = "lower-garments";
const POLL_MS = 100;

const RANK_QUERY = `query Rank($taskId: ID!, $topK: Int!) {
  rank(taskId: $taskId, topK: $topK) {
    zooSize
    receipt
    entries { rank ptm { name } fitness staticRank outcome { value } }
    evidence {
      seconds
      spider { weightedTau regretAt1 }
      static { weightedTau regretAt1 }
    }
  }
}`;

interface RankAnswer {
  rank: {
    zooSize: number;
    receipt: string;
    entries: {
      rank: number;
      ptm: { name: string };
      fitness: number;
      staticRank: number | null;
      outcome: { value: number } | null;
    }[];
    evidence: { seconds: number; spider: Quality | null; static: Quality | null };
  };
}

interface Quality {
  weightedTau: number | null;
  regretAt1: number;
}

/** `orb demo`: the main job from nothing, on the demo zoo. */
export async function demoCommand({
  once = false,
  json = false,
}: {
  once?: boolean;
  json?: boolean;
}): Promise<void> {
  const begin = performance.now();
  const config = readConfig();
  const quiet = config.logLevel === "info" ? "warn" : config.logLevel;
  // A single run takes any free port, so that it never meets a server that is up.
  await withContainer(once ? { ...config, port: 0 } : config, createLogger(quiet), async (container) => {
    await container.work();
    await importZooWithProgress(container, { tasks: true, except: [DEMO_TASK] });
    const address = await container.serve();
    const api = new ApiClient(address, config.accessKey);

    const taskId = await addDemoTask(api);
    await reportOutcomes(api, taskId);
    const variables = { taskId, topK: 100 };
    const { rank } = await api.ask<RankAnswer>(RANK_QUERY, variables);

    const seconds = (performance.now() - begin) / 1000;
    const out = once && json ? process.stderr : process.stdout;
    out.write(`${describe(rank)}\n\nThe query, sent to ${address}/graphql:\n\n${RANK_QUERY}\n`);
    out.write(`\nwith ${JSON.stringify(variables)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(result(rank, seconds))}\n`);
    if (once) return "done";
    process.stderr.write(`\nOrbweaver stays up at ${address}/graphql; Ctrl-C stops it.\n`);
    return "stays up";
  });
}

/** Uploads the archive, adds the task, waits for its token. */
async function addDemoTask(api: ApiClient): Promise<string> {
  const archive = await readFile(join(ZOO_FOLDER, "tasks", `${DEMO_TASK}.zip`));
  const digest = sha256(archive);
  await api.upload(digest, archive);
  const { addTask } = await api.ask<{
    addTask: { task: { id: string } | null; userErrors: { message: string }[] };
  }>(
    `mutation Add($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { message } } }`,
    { input: { name: DEMO_TASK, artifact: digest } },
  );
  if (addTask.task === null) throw new Error(addTask.userErrors[0]?.message ?? "addTask did nothing");
  const { id } = addTask.task;

  const bar = new ProgressBar(`task ${DEMO_TASK}`);
  for (;;) {
    const { task } = await api.ask<{
      task: {
        status: string;
        statusReason: string | null;
        job: { progress: number; stage: string | null } | null;
      };
    }>(`query Wait($id: ID!) { task(id: $id) { status statusReason job { progress stage } } }`, { id });
    bar.update(Math.round(100 * (task.job?.progress ?? 1)), 100, task.job?.stage ?? "");
    if (task.status === "FAILED") throw new Error(`The task failed: ${task.statusReason}`);
    if (task.status === "READY") break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  bar.end();
  return id;
}

/** What was measured on the demo's task, so that the ranking can be judged. */
async function reportOutcomes(api: ApiClient, taskId: string): Promise<void> {
  const rows = parseOutcomes(await readFile(join(ZOO_FOLDER, "outcomes.csv"), "utf8"));
  const { ptms } = await api.ask<{ ptms: { nodes: { id: string; name: string }[] } }>(
    `{ ptms(first: 100, orderBy: NAME) { nodes { id name } } }`,
    {},
  );
  const ids = new Map(ptms.nodes.map(({ id, name }) => [name, id]));
  const bar = new ProgressBar("reporting outcomes");
  const measured = rows.filter(({ task, ptm }) => task === DEMO_TASK && ids.has(ptm));
  for (const [i, { ptm, metric, value }] of measured.entries()) {
    await api.ask(
      `mutation Report($input: ReportOutcomeInput!) { reportOutcome(input: $input) { userErrors { message } } }`,
      { input: { taskId, ptmId: ids.get(ptm), metric, value } },
    );
    bar.update(i + 1, measured.length, ptm);
  }
  bar.end();
}

function describe({ entries, zooSize, evidence }: RankAnswer["rank"]): string {
  const rows = entries.map(({ rank, ptm, fitness, staticRank, outcome }) => [
    ptm.name,
    String(rank),
    fitness.toFixed(3),
    String(staticRank ?? "-"),
    outcome ? `${(100 * outcome.value).toFixed(1)} %` : "-",
  ]);
  const quality = (who: string, { weightedTau, regretAt1 }: Quality): string =>
    `${who} weighted tau ${weightedTau?.toFixed(3) ?? "undefined"}, regret@1 ${regretAt1.toFixed(1)} points`;
  return [
    "",
    `Which of ${zooSize} PTMs to fine-tune for ${DEMO_TASK}:`,
    "",
    ...alignedTable(["PTM", "rank", "fitness", "static rank", "measured accuracy"], rows),
    "",
    evidence.spider ? quality("spider: ", evidence.spider) : "",
    evidence.static ? quality("static: ", evidence.static) : "",
    `ranked in ${(1000 * evidence.seconds).toFixed(1)} ms, no PTM was run`,
  ].join("\n");
}

function result({ entries, evidence }: RankAnswer["rank"], seconds: number): object {
  return {
    task: DEMO_TASK,
    entries: entries.map(({ rank, ptm, fitness, staticRank, outcome }) => ({
      rank,
      ptm: ptm.name,
      fitness,
      staticRank,
      outcome: outcome?.value ?? null,
    })),
    tauW: evidence.spider?.weightedTau ?? null,
    regret1: evidence.spider?.regretAt1 ?? null,
    seconds,
  };
}
