import { Job } from "../entities/job.js";
import { Outcome } from "../entities/outcome.js";
import { Pool } from "../entities/pool.js";
import { PtmToken } from "../entities/ptm-token.js";
import { Ptm } from "../entities/ptm.js";
import { Ranking } from "../entities/ranking.js";
import { SpecificToken } from "../entities/specific-token.js";
import { Spider } from "../entities/spider.js";
import { TaskToken } from "../entities/task-token.js";
import { Task } from "../entities/task.js";
import { TransferabilityScore } from "../entities/transferability-score.js";
import type { NODE_TYPES } from "./global-id.js";

const ENTITIES = [
  [Ptm, "Ptm"],
  [Task, "Task"],
  [Spider, "Spider"],
  [Pool, "Pool"],
  [Ranking, "Ranking"],
  [PtmToken, "PtmToken"],
  [TaskToken, "TaskToken"],
  [SpecificToken, "SpecificToken"],
  [Outcome, "Outcome"],
  [TransferabilityScore, "TransferabilityScore"],
  [Job, "Job"],
] as const;

/** The GraphQL type of what a resolver gave for an interface. A ranking that nobody kept is no entity. */
export function nodeTypeOf(value: object): (typeof NODE_TYPES)[number] {
  return ENTITIES.find(([entity]) => value instanceof entity)?.[1] ?? "Ranking";
}
