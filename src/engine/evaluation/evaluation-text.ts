import { alignedTable } from "./aligned-table.js";
import type { Estimate } from "./bootstrap.js";
import type { Evaluation, TaskQuality } from "./evaluate-rankers.js";

/**
 * The evaluation as aligned tables for a terminal that are Markdown at the same time: means over tasks with their
 * intervals and costs, then weighted tau and regret@1 per task.
 */
export function evaluationText({ tasks, zooSize, rankers }: Evaluation): string {
  const means = rankers.map(({ ranker, mean }) => [
    ranker,
    signedEstimate(mean.tauW),
    estimate(mean.regret1, 2),
    estimate(mean.regret3, 2),
    estimate(mean.hit3, 2),
    mean.forwardPasses.toFixed(1),
    mean.seconds === 0 ? "0" : mean.seconds.toPrecision(3),
  ]);
  const perTask = (cell: (quality: TaskQuality) => string): string[][] =>
    rankers.map(({ ranker, tasks: qualities }) => [ranker, ...qualities.map(cell)]);
  return [
    `Means over ${tasks.length} tasks and ${zooSize} PTMs, [95 % bootstrap interval over tasks], passes and seconds a task`,
    "",
    ...alignedTable(["ranker", "tau_w", "regret@1", "regret@3", "hit@3", "forward passes", "seconds"], means),
    "",
    "tau_w per task",
    "",
    ...alignedTable(
      ["ranker", ...tasks],
      perTask(({ tauW }) => tau(tauW)),
    ),
    "",
    "regret@1 per task, in points",
    "",
    ...alignedTable(
      ["ranker", ...tasks],
      perTask(({ regret1 }) => regret1.toFixed(2)),
    ),
    "",
  ].join("\n");
}

function signedEstimate(value: Estimate | null): string {
  return value === null ? "undefined" : `${tau(value.mean)} [${tau(value.low)}, ${tau(value.high)}]`;
}

function estimate({ mean, low, high }: Estimate, digits: number): string {
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function tau(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}
