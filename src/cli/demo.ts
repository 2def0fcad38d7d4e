import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  AddTaskDocument,
  type AddTaskMutation,
  made,
  OrbClient,
  PtmsDocument,
  ReportOutcomesDocument,
} from "orbweaver-client";

import { type Config, readConfig } from "../config.js";
import { alignedTable } from "../engine/evaluation/aligned-table.js";
import { createLogger } from "../log.js";
import { parseOutcomes } from "../services/evaluation/parse-outcomes.js";
import { DEMO_QUERY, type DemoQuality, type DemoRanking } from "./demo-query.js";
import { importZooFiles, ZOO_FOLDER, zooPrepared } from "./import-zoo.js";
import { withContainer } from "./with-container.js";

/** Real photographs, one folder a class: the task that the demo brings through the public API. */
const DEMO_TASK = "lower-garments";

/** `orb demo`: the main job from nothing, on the demo zoo. */
export async function demoCommand({
  once = false,
  json = false,
}: {
  once?: boolean;
  json?: boolean;
}): Promise<void> {
  const begin = performance.now();
  // On this machine alone, and nobody has to look for a key.
  const config: Config = { ...readConfig(), auth: "off" };
  const quiet = config.logLevel === "info" ? "warn" : config.logLevel;
  // A single run takes any free port, so that it never meets a server that is up.
  await withContainer(once ? { ...config, port: 0 } : config, createLogger(quiet), async (container) => {
    await container.work();
    await importZooFiles(container, { tasks: true, except: [DEMO_TASK] });
    const address = await container.serve();
    const orb = new OrbClient({ server: address });
    const added = await addDemoTask(orb);
    const { id: taskId } = made(added, "task");
    await reportOutcomes(orb, taskId);
    await zooPrepared(container); // the task's token comes beside those of the PTMs
    if (added.job) await orb.jobDone(added.job.id);
    await orb.close();
    const variables = { taskId, topK: 100 };
    const { rank } = await orb.ask(DEMO_QUERY, variables);

    const seconds = (performance.now() - begin) / 1000;
    const out = once && json ? process.stderr : process.stdout;
    out.write(`${describe(rank)}\n\nThe query, sent to ${address}/graphql:\n${DEMO_QUERY.toString()}\n`);
    out.write(`with ${JSON.stringify(variables)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(result(rank, seconds))}\n`);
    if (once) return "done";
    process.stderr.write(
      `\nOrbweaver stays up: a page at ${address}/, the API at ${address}/graphql; Ctrl-C stops it.\n` +
        `The same from another terminal:\n\n` +
        `  npx orb rank ${DEMO_TASK} --server ${address}\n`,
    );
    return "stays up";
  });
}

/** Uploads the archive and adds the task; a job makes its token. */
async function addDemoTask(orb: OrbClient): Promise<AddTaskMutation["addTask"]> {
  const artifact = await orb.uploadFile(join(ZOO_FOLDER, "tasks", `${DEMO_TASK}.zip`));
  return (await orb.ask(AddTaskDocument, { input: { name: DEMO_TASK, artifact } })).addTask;
}

/** What was measured on the demo's task, so that the ranking can be judged. */
async function reportOutcomes(orb: OrbClient, taskId: string): Promise<void> {
  const rows = parseOutcomes(await readFile(join(ZOO_FOLDER, "outcomes.csv"), "utf8"));
  const { ptms } = await orb.ask(PtmsDocument, { first: 100, orderBy: "NAME" });
  const ids = new Map(ptms.nodes.map(({ id, name }) => [name, id]));
  const outcomes = rows
    .filter(({ task, ptm }) => task === DEMO_TASK && ids.has(ptm))
    .map(({ ptm, metric, value }) => ({ taskId, ptmId: ids.get(ptm)!, metric, value }));
  made((await orb.ask(ReportOutcomesDocument, { input: { outcomes } })).reportOutcomes, "outcomes");
}

function describe({ entries, zooSize, evidence }: DemoRanking): string {
  const rows = entries.map(({ rank, ptm, fitness, staticRank, outcome }) => [
    ptm.name,
    String(rank),
    fitness.toFixed(3),
    String(staticRank ?? "-"),
    outcome ? `${(100 * outcome.value).toFixed(1)} %` : "-",
  ]);
  const quality = (who: string, { weightedTau, regretAt1 }: DemoQuality): string =>
    `${who} weighted tau ${weightedTau?.toFixed(3) ?? "undefined"}, regret@1 ${regretAt1.toFixed(1)} points`;
  return [
    "",
    `Which of ${zooSize} PTMs to fine-tune for ${DEMO_TASK}:`,
    "",
    ...alignedTable(["PTM", "rank", "fitness", "static rank", "measured accuracy"], rows),
    "",
    evidence?.spider ? quality("spider: ", evidence.spider) : "",
    evidence?.static ? quality("static: ", evidence.static) : "",
    `ranked in ${(1000 * (evidence?.seconds ?? 0)).toFixed(1)} ms, no PTM was run`,
  ].join("\n");
}

function result({ entries, evidence }: DemoRanking, seconds: number): object {
  return {
    task: DEMO_TASK,
    entries: entries.map(({ rank, ptm, fitness, staticRank, outcome }) => ({
      rank,
      ptm: ptm.name,
      fitness,
      staticRank,
      outcome: outcome?.value ?? null,
    })),
    tauW: evidence?.spider?.weightedTau ?? null,
    regret1: evidence?.spider?.regretAt1 ?? null,
    seconds,
  };
}
