import process from "node:process";

import {
  everyItem,
  type OrbClient,
  OrbError,
  RankDocument,
  type RankQuery,
  SpiderEvaluationDocument,
  type TaskPartsFragment,
  TasksDocument,
} from "orbweaver-client";

import { ProgressBar } from "../progress-bar.js";
import { findSpider } from "./find.js";
import { type Column, printJson, say, table } from "./output.js";
import type { ServerOptions } from "./server-options.js";
import { take } from "./take.js";
import { withServer } from "./with-server.js";

/** A spider on one task, beside the order that never looks at it. */
interface Judged {
  readonly task: Pick<TaskPartsFragment, "id" | "name" | "version">;
  readonly outcomeCount: number;
  readonly spider: Quality;
  readonly static: Quality | null;
}
type Evidence = NonNullable<RankQuery["rank"]["evidence"]>;
type Quality = NonNullable<Evidence["spider"]>;

/**
 * `orb spider evaluate`: what the spider's coarse rankings are worth now, on all tasks with outcomes that it did not learn
 * from. Unlike the evaluation that a training ends with, it works for imported spiders and knows what was reported since.
 */
export async function evaluateSpiderCommand(
  version: number | undefined,
  options: ServerOptions,
): Promise<void> {
  await withServer(options, async (orb) => {
    const { id } = await findSpider(orb, version);
    const { spider } = await orb.ask(SpiderEvaluationDocument, { id });
    const sources = spider!.trainedOn?.pool.sources ?? [];
    const learned = new Set(sources.map(({ task }) => task?.id));
    const judged = await judge(orb, id, learned);
    if (options.json) return printJson(...judged);
    if (judged.length === 0) {
      throw new OrbError(
        "FAILED_PRECONDITION",
        "No task that the spider did not learn from has outcomes yet.",
      );
    }
    process.stdout.write(`${table(COLUMNS, judged)}\n`);
    say(`\nSpider ${spider!.version}, ${judged.length} tasks: ${means(judged)}`);
  });
}

async function judge(
  orb: OrbClient,
  spider: string,
  learned: ReadonlySet<string | undefined>,
): Promise<Judged[]> {
  const filter = { status: ["READY" as const] };
  const all = everyItem(async (after) => (await orb.ask(TasksDocument, { first: 100, after, filter })).tasks);
  const tasks = (await take(all, Infinity)).filter(({ id }) => !learned.has(id));
  const judged: Judged[] = [];
  const bar = new ProgressBar("ranking tasks");
  try {
    for (const [done, { id, name, version }] of tasks.entries()) {
      const { evidence } = (await orb.ask(RankDocument, { taskId: id, topK: 1, spider })).rank;
      bar.update(done + 1, tasks.length, name);
      if (evidence?.spider == null) continue;
      const { outcomeCount, spider: own, static: fixed } = evidence;
      judged.push({ task: { id, name, version }, outcomeCount, spider: own, static: fixed });
    }
  } finally {
    bar.end();
  }
  return judged;
}

const COLUMNS: readonly Column<Judged>[] = [
  { title: "task", cell: ({ task }) => (task.version > 1 ? `${task.name}@${task.version}` : task.name) },
  { title: "outcomes", cell: ({ outcomeCount }) => outcomeCount, right: true },
  { title: "weighted tau", cell: ({ spider }) => spider.weightedTau?.toFixed(3), right: true },
  { title: "static", cell: (row) => row.static?.weightedTau?.toFixed(3), right: true },
  { title: "regret@1", cell: ({ spider }) => spider.regretAt1.toFixed(1), right: true },
  { title: "static", cell: (row) => row.static?.regretAt1.toFixed(1), right: true },
];

function means(judged: readonly Judged[]): string {
  const tau = mean(judged.map(({ spider }) => spider.weightedTau));
  const staticTau = mean(judged.map((row) => row.static?.weightedTau));
  const regret = mean(judged.map(({ spider }) => spider.regretAt1));
  const staticRegret = mean(judged.map((row) => row.static?.regretAt1));
  return `mean weighted tau ${shown(tau, 3)} (static ${shown(staticTau, 3)}), regret@1 ${shown(regret, 2)} (static ${shown(staticRegret, 2)}) points`;
}

function mean(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => value != null);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const shown = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? "undefined";
