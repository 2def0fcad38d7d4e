import type { TaskRanking } from "../../engine/evaluation/ranker.js";
import { copeland } from "../../engine/ranking/copeland.js";
import {
  TRANSFERABILITY_METRICS,
  type TransferabilityMetric,
  type TransferabilityScore,
} from "../../entities/transferability-score.js";
import { RUN_METRICS } from "../tokens/run-metrics.js";
import type { Answer, NamedAnswers } from "./judge-ranker.js";
import { type KnownPtm, type ReportedTask, whyNotRun } from "./reported-task.js";

/**
 * How every metric, then the Copeland aggregate of three, ranks tasks by the scores that the registry has. A PTM for which a
 * metric is undefined comes last under it; one that was not measured leaves the task without an answer.
 */
export function metricAnswers(
  known: readonly KnownPtm[],
  tasks: readonly ReportedTask[],
  scores: readonly TransferabilityScore[],
): NamedAnswers[] {
  const byKey = new Map(scores.map((score) => [`${score.metric} ${score.taskId} ${score.ptmId}`, score]));
  const answer = (metric: TransferabilityMetric, task: ReportedTask): Answer => {
    const own = known.flatMap(({ row }) => byKey.get(`${metric} ${task.id} ${row.id}`) ?? []);
    const absent = known.length - own.length;
    if (absent > 0) {
      return { missing: `${absent} of ${known.length} PTMs have no score by ${metric}: ${whyNotRun(task)}.` };
    }
    return {
      fitness: Float64Array.from(own, ({ value }) => value ?? -Infinity),
      forwardPasses: known.length,
      seconds: own.reduce((sum, { seconds, networkSeconds }) => sum + seconds + networkSeconds, 0),
    };
  };
  const aggregate = (task: ReportedTask): Answer => {
    const votes: TaskRanking[] = [];
    for (const metric of RUN_METRICS) {
      const vote = answer(metric, task);
      if ("missing" in vote) return vote;
      votes.push(vote);
    }
    return {
      fitness: copeland(votes.map(({ fitness }) => fitness)),
      forwardPasses: known.length,
      seconds: Math.max(...votes.map(({ seconds }) => seconds)),
    };
  };
  return [
    ...TRANSFERABILITY_METRICS.map((metric) => ({
      name: metric,
      answers: tasks.map((task) => answer(metric, task)),
    })),
    { name: `Copeland of ${RUN_METRICS.join(", ")}`, answers: tasks.map(aggregate) },
  ];
}
