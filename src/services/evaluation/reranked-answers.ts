import type { TaskRanking } from "../../engine/evaluation/ranker.js";
import { matrix } from "../../engine/matrix.js";
import { mergeReranked } from "../../engine/ranking/merge-reranked.js";
import { orderByScore } from "../../engine/ranking/order.js";
import { fitness } from "../../engine/spider/fitness.js";
import type { Spider } from "../../engine/spider/spider.js";
import type { SpecificToken } from "../../entities/specific-token.js";
import type { TransferabilityScore } from "../../entities/transferability-score.js";
import type { MergeRule } from "../ranking/merge-rule.js";
import { mergedScores, type RunResult } from "../ranking/merged-scores.js";
import type { Answer, NamedAnswers } from "./judge-ranker.js";
import { type KnownPtm, type ReportedTask, whyNotRun } from "./reported-task.js";

/** With more, one could as well measure every PTM. */
export const MOST_RUN = 10;

/** What the registry holds of the tasks. */
export interface Runs {
  /** The spider's coarse answers, one a task. */
  readonly coarse: readonly TaskRanking[];
  readonly tokens: readonly SpecificToken[];
  readonly scores: readonly TransferabilityScore[];
}

/** How a spider ranks tasks after it has seen its k best PTMs run, for k from 1 on, as `rerank` does. */
export function rerankedAnswers(
  spider: Spider,
  known: readonly KnownPtm[],
  tasks: readonly ReportedTask[],
  { coarse, tokens, scores }: Runs,
  rule: MergeRule,
): NamedAnswers[] {
  const tokenOf = new Map(tokens.map((token) => [`${token.taskId} ${token.ptmId}`, token]));
  const scoresOf = new Map<string, TransferabilityScore[]>();
  for (const score of scores) {
    const pair = `${score.taskId} ${score.ptmId}`;
    scoresOf.set(pair, [...(scoresOf.get(pair) ?? []), score]);
  }
  const runs = tasks.map(({ id, token }, t) => {
    const taskToken = matrix(token.classCount, token.width, token.vectors);
    const best = [...orderByScore("rerankedAnswers", coarse[t]!.fitness)].slice(0, MOST_RUN);
    return best.map((item): Run => {
      const { row, learned } = known[item]!;
      const own = tokenOf.get(`${id} ${row.id}`);
      const measured = scoresOf.get(`${id} ${row.id}`) ?? [];
      if (own?.width !== learned.projection.columns) {
        return isFailure(measured) ? "FAILED" : "MISSING";
      }
      const specific = {
        token: matrix(own.classCount, own.width, own.vectors),
        projection: learned.projection,
        bias: learned.projectionBias,
      };
      return {
        item,
        ptmId: row.id,
        fitness: fitness(spider.parameters, learned.token, taskToken, specific),
        scores: measured,
      };
    });
  });
  return Array.from({ length: Math.min(MOST_RUN, known.length) }, (_, i) => ({
    name: `spider, ${i + 1} run`,
    answers: tasks.map((task, t) => answerOf(runs[t]!.slice(0, i + 1), task, coarse[t]!, rule)),
  }));
}

/** A PTM whose run failed keeps its place, as in `rerank`. */
type Run = (RunResult & { readonly item: number }) | "FAILED" | "MISSING";

function isFailure(scores: readonly TransferabilityScore[]): boolean {
  return scores.length > 0 && scores.every(({ sampleCount }) => sampleCount === 0);
}

function answerOf(runs: readonly Run[], task: ReportedTask, coarse: TaskRanking, rule: MergeRule): Answer {
  const absent = runs.filter((run) => run === "MISSING").length;
  if (absent > 0) {
    return { missing: `${absent} of the best ${runs.length} PTMs have not been run: ${whyNotRun(task)}.` };
  }
  const done = runs.filter((run) => typeof run === "object");
  const merged = mergedScores(done, rule);
  const order = mergeReranked(
    coarse.fitness,
    new Map(done.map(({ item, ptmId }) => [item, merged.get(ptmId)!])),
    rule.policy,
  );
  // By place: fitness with and without a run need not be comparable.
  const places = new Float64Array(order.length);
  order.forEach((item, place) => (places[item] = -place));
  const networks = done.map(({ scores }) => scores[0]?.networkSeconds ?? 0);
  const seconds = networks.reduce((sum, own) => sum + own, coarse.seconds);
  return { fitness: places, forwardPasses: runs.length, seconds };
}
