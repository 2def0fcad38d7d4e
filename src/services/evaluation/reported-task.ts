import type { SpiderPtm } from "../../engine/spider/spider.js";
import type { Ptm } from "../../entities/ptm.js";
import type { TaskToken } from "../../entities/task-token.js";
import type { JudgedTask } from "./judge-ranker.js";

/** A PTM of a spider that the registry has. */
export interface KnownPtm {
  readonly row: Ptm;
  readonly learned: SpiderPtm;
}

/** A task with outcomes, as the evaluation of a spider reads it; outcomes in the order of the known PTMs. */
export interface ReportedTask extends JudgedTask {
  readonly token: TaskToken;
}
