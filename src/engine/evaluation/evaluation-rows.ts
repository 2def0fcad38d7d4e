import type { Evaluation, TaskQuality } from "./evaluate-rankers.js";

/** One ranker's answer on one task, flat. */
export interface EvaluationRow extends TaskQuality {
  readonly ranker: string;
  readonly task: string;
}

/** The evaluation as flat rows, rankers outside, tasks inside: one JSON object a line for other programs to read. */
export function evaluationRows({ tasks, rankers }: Evaluation): EvaluationRow[] {
  return rankers.flatMap(({ ranker, tasks: qualities }) =>
    qualities.map((quality, t) => ({ ranker, task: tasks[t]!, ...quality })),
  );
}
