import { evaluateRankers } from "../../engine/evaluation/evaluate-rankers.js";
import type { TaskRanking } from "../../engine/evaluation/ranker.js";
import type { EvaluatedRanker, EvaluatedTask } from "../../entities/spider.js";

/** Draws the random baseline and the bootstrap; any number, but always the same. */
const SEED = 20_231_211;
const POINTS_PER_UNIT = 100;
const UNKNOWN = {
  tauW: null,
  regret1: null,
  regret3: null,
  hit3: null,
  forwardPasses: null,
  seconds: null,
} as const;

/** A task to judge rankers on: its outcomes stand in the order of the PTMs, null where nothing was measured. */
export interface JudgedTask {
  readonly id: string;
  readonly name: string;
  readonly outcomes: readonly (number | null)[];
}

/** A ranker's answer on a task, or why it has none. */
export type Answer = TaskRanking | { readonly missing: string };

/** What a ranker says, one answer a task. */
export interface NamedAnswers {
  readonly name: string;
  readonly answers: readonly Answer[];
}

/**
 * Compares one ranker with outcomes: task by task, and as means over the tasks that it has an answer for.
 *
 * @param answers one a task; absent for the static ranking and random orders, which every evaluation has
 */
export function judgeRanker(
  ranker: string,
  ptms: readonly string[],
  tasks: readonly JudgedTask[],
  answers?: readonly Answer[],
): EvaluatedRanker {
  const rankings = tasks.flatMap((task, t) => {
    const answer = answers?.[t];
    return answer !== undefined && "missing" in answer ? [] : [{ task, answer }];
  });
  const answered = rankings.map(({ task }) => task);
  const shown = (of: ReadonlyMap<string, Partial<EvaluatedTask>>): EvaluatedTask[] =>
    tasks.map(({ id, name }, t) => {
      const answer = answers?.[t];
      const missing = answer !== undefined && "missing" in answer ? answer.missing : null;
      return { id, name, missing, ...UNKNOWN, ...of.get(id) };
    });
  if (answered.length === 0) return { ranker, taskCount: 0, ...UNKNOWN, tasks: shown(new Map()) };

  const { rankers } = evaluateRankers(
    {
      ptms,
      tasks: answered.map(({ id }) => id),
      outcomes: answered.map(({ outcomes }) => outcomes),
      furtherOutcomes: tasks.filter((task) => !answered.includes(task)).map(({ outcomes }) => outcomes),
      pointsPerUnit: POINTS_PER_UNIT,
    },
    answers ? [{ name: ranker, rankings: rankings.map(({ answer }) => answer as TaskRanking) }] : [],
    SEED,
  );
  const row = rankers.find(({ ranker: name }) => name === ranker)!;
  const qualities = new Map(row.tasks.map((quality, t) => [answered[t]!.id, quality]));
  return { ranker, taskCount: answered.length, ...row.mean, tasks: shown(qualities) };
}
