import type { SpiderPtm } from "../../engine/spider/spider.js";
import type { Ptm } from "../../entities/ptm.js";
import type { Task } from "../../entities/task.js";
import type { TaskToken } from "../../entities/task-token.js";
import type { JudgedTask } from "./judge-ranker.js";
import { RUN_SECONDS } from "./run-missing.js";

/** A PTM of a spider that the registry has. */
export interface KnownPtm {
  readonly row: Ptm;
  readonly learned: SpiderPtm;
}

/** A task with outcomes, as the evaluation of a spider reads it; outcomes in the order of the known PTMs. */
export interface ReportedTask extends JudgedTask {
  readonly row: Task;
  readonly token: TaskToken;
}

/** Why runs are missing on a task after all that could be run has been. */
export function whyNotRun({ row: { sampleCount } }: ReportedTask): string {
  return sampleCount === 0
    ? "the task is private, so no PTM can be run on it"
    : `the ${RUN_SECONDS} seconds that an evaluation runs PTMs for were over`;
}
