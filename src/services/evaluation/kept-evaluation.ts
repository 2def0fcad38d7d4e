import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { v7 as uuid } from "uuid";
import { z } from "zod";

import type { Evaluation } from "../../engine/evaluation/evaluate-rankers.js";
import type { EvaluatedRanker, SpiderEvaluation } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";

/** Beside a snapshot: how its spider did where it was made, bound to the snapshot by its digest. */
export const EVALUATION_FILE = "evaluation.json";

const name = z.string().min(1).max(200);
const estimate = z.strictObject({ mean: z.number(), low: z.number(), high: z.number() });
const cost = { forwardPasses: z.number().min(0), seconds: z.number().min(0) };
const keptEvaluation = z
  .strictObject({
    snapshotSha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal"),
    measuredBy: z.string().min(1).max(1000),
    tasks: z.array(name).min(1).max(10_000),
    rankers: z
      .array(
        z.strictObject({
          ranker: name,
          mean: z.strictObject({
            tauW: estimate.nullable(),
            regret1: estimate,
            regret3: estimate,
            hit3: estimate,
            ...cost,
          }),
          tasks: z.array(
            z.strictObject({
              tauW: z.number().nullable(),
              regret1: z.number(),
              regret3: z.number(),
              hit3: z.number(),
              ...cost,
            }),
          ),
        }),
      )
      .max(1000),
  })
  .refine(({ tasks, rankers }) => rankers.every((row) => row.tasks.length === tasks.length), {
    path: ["rankers"],
    message: "every ranker must have as many tasks as the evaluation",
  });

/** What an evaluation file claims of a spider. */
export type ClaimedEvaluation = Pick<SpiderEvaluation, "claimedBy" | "tasks" | "rankers">;

/**
 * Writes an evaluation beside the snapshot that was evaluated.
 *
 * @param snapshotSha256 of that snapshot
 * @param measuredBy     the command, its version, the day: what a reader is told instead of a proof
 */
export async function keepEvaluation(
  folder: string,
  { tasks, rankers }: Evaluation,
  snapshotSha256: string,
  measuredBy: string,
): Promise<void> {
  const kept = { snapshotSha256, measuredBy, tasks, rankers };
  await writeFile(join(folder, EVALUATION_FILE), `${JSON.stringify(kept, null, 1)}\n`);
}

/**
 * Reads the evaluation beside a snapshot. Its tasks are names: which tasks of this registry they are, if any, it cannot know.
 *
 * @param snapshotSha256 of the snapshot in the folder
 * @returns undefined if there is none
 * @throws DomainError BAD_USER_INPUT if it cannot be read as one, or is of another snapshot
 */
export async function readKeptEvaluation(
  folder: string,
  snapshotSha256: string,
): Promise<ClaimedEvaluation | undefined> {
  const text = await readFile(join(folder, EVALUATION_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const kept = parsed(text);
  if (kept.snapshotSha256 !== snapshotSha256) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `${EVALUATION_FILE} is of the snapshot ${kept.snapshotSha256}, but the one beside it is ${snapshotSha256}. Remove it; ` +
        "orb evaluate --spider FOLDER --keep then measures this spider.",
    );
  }
  const { measuredBy, tasks, rankers } = kept;
  const ids = tasks
    .map(() => uuid())
    .sort()
    .reverse(); // of no task, in the order of lists
  const rowOf = ({ ranker, mean, tasks: qualities }: KeptRanker): EvaluatedRanker => ({
    ranker,
    taskCount: tasks.length,
    ...mean,
    tasks: qualities.map((quality, t) =>
      Object.assign({ id: ids[t]!, name: tasks[t]!, missing: null }, quality),
    ),
  });
  return { claimedBy: measuredBy, tasks, rankers: rankers.map(rowOf) };
}

type KeptEvaluation = z.infer<typeof keptEvaluation>;
type KeptRanker = KeptEvaluation["rankers"][number];

function parsed(text: string): KeptEvaluation {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DomainError("BAD_USER_INPUT", `${EVALUATION_FILE} is not JSON.`, { cause });
  }
  const result = keptEvaluation.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "file"}: ${message}`);
  throw new DomainError("BAD_USER_INPUT", `${EVALUATION_FILE} is wrong: ${faults.join("; ")}.`);
}
