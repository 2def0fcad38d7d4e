import { type ClassType, Field, ObjectType } from "type-graphql";

import { type ErrorCode } from "../../errors.js";
import { ErrorCodeEnum } from "../enums.js";
import { AccessKeyType } from "./access-key.type.js";
import { JobType } from "./job.type.js";
import { OutcomeType } from "./outcome.type.js";
import { PoolType } from "./pool.type.js";
import { PtmType } from "./ptm.type.js";
import { RankingType } from "./ranking.type.js";
import { SpiderType } from "./spider.type.js";
import { TaskType } from "./task.type.js";

@ObjectType("UserError", {
  description: "Why a mutation did nothing: an outcome the caller can handle.",
  simpleResolvers: true,
})
export class UserErrorType {
  @Field(() => ErrorCodeEnum, { description: "The kind of error." })
  code!: ErrorCode;

  @Field(() => String, { description: "Who, what was expected, what came, what to do." })
  message!: string;

  @Field(() => [String], { description: "The part of the input that it is about." })
  path!: readonly string[];
}

interface Payload {
  readonly userErrors: readonly UserErrorType[];
}

interface PayloadPart {
  readonly type: () => ClassType | StringConstructor | [ClassType];
  readonly description: string;
}

/** Declares a mutation's payload: what it made or found (null if it did nothing), and the reasons if so. */
export function payloadType<Name extends string>(
  name: string,
  parts: Record<Name, PayloadPart>,
): ClassType<Payload> {
  @ObjectType(`${name}Payload`, { description: `The answer of ${name}.`, simpleResolvers: true })
  class PayloadType implements Payload {
    @Field(() => [UserErrorType], { description: "Empty if the mutation did its work." })
    userErrors!: readonly UserErrorType[];
  }
  for (const [part, { type, description }] of Object.entries<PayloadPart>(parts)) {
    Field(type, { nullable: true, description })(PayloadType.prototype, part);
  }
  return PayloadType;
}

export const AddPtmPayload = payloadType("AddPtm", {
  ptm: { type: () => PtmType, description: "The PTM, new or found." },
  job: { type: () => JobType, description: "What prepares it." },
});

export const AddPtmVersionPayload = payloadType("AddPtmVersion", {
  ptm: { type: () => PtmType, description: "The version, new or found." },
  job: { type: () => JobType, description: "What prepares it." },
});

export const UpdatePtmPayload = payloadType("UpdatePtm", {
  ptm: { type: () => PtmType, description: "The PTM as it is now." },
});

export const RetirePtmPayload = payloadType("RetirePtm", {
  ptm: { type: () => PtmType, description: "The PTM as it is now." },
});

export const UnretirePtmPayload = payloadType("UnretirePtm", {
  ptm: { type: () => PtmType, description: "The PTM as it is now." },
});

export const RetireTaskPayload = payloadType("RetireTask", {
  task: { type: () => TaskType, description: "The task as it is now." },
});

export const UnretireTaskPayload = payloadType("UnretireTask", {
  task: { type: () => TaskType, description: "The task as it is now." },
});

export const AddTaskPayload = payloadType("AddTask", {
  task: { type: () => TaskType, description: "The task, new or found." },
  job: { type: () => JobType, description: "What prepares it; null for a private task." },
});

export const MeasureTransferabilityPayload = payloadType("MeasureTransferability", {
  job: { type: () => JobType, description: "What runs the PTMs." },
});

export const TrainSpiderPayload = payloadType("TrainSpider", {
  spider: { type: () => SpiderType, description: "The spider, in training or found by its key." },
  job: { type: () => JobType, description: "What trains it." },
});

export const ActivateSpiderPayload = payloadType("ActivateSpider", {
  spider: { type: () => SpiderType, description: "The spider that is active now." },
});

export const CreatePoolPayload = payloadType("CreatePool", {
  pool: { type: () => PoolType, description: "The pool, new or found." },
  job: { type: () => JobType, description: "What measures it." },
});

export const MeasurePoolPayload = payloadType("MeasurePool", {
  pool: { type: () => PoolType, description: "The pool." },
  job: { type: () => JobType, description: "What measures it." },
});

export const ImportPtmPayload = payloadType("ImportPtm", {
  job: { type: () => JobType, description: "What fetches it; its `ptm` appears when the file is there." },
});

export const ReportOutcomePayload = payloadType("ReportOutcome", {
  outcome: { type: () => OutcomeType, description: "The measurement, new or found." },
});

export const ReportOutcomesPayload = payloadType("ReportOutcomes", {
  outcomes: {
    type: () => [OutcomeType],
    description: "The measurements, new or found, in the order of the input.",
  },
});

export const VerifyOutcomePayload = payloadType("VerifyOutcome", {
  outcome: { type: () => OutcomeType, description: "The measurement as it is now." },
});

export const WithdrawOutcomePayload = payloadType("WithdrawOutcome", {
  outcome: { type: () => OutcomeType, description: "The measurement as it is now." },
});

export const RerankPayload = payloadType("Rerank", {
  ranking: { type: () => RankingType, description: "The re-ranking, started, joined or found by its key." },
  job: { type: () => JobType, description: "What completes it." },
});

export const CancelJobPayload = payloadType("CancelJob", {
  job: { type: () => JobType, description: "The job as it is now." },
});

export const KeepRankingPayload = payloadType("KeepRanking", {
  ranking: { type: () => RankingType, description: "The ranking as it was written down." },
});

export const CreateAccessKeyPayload = payloadType("CreateAccessKey", {
  accessKey: { type: () => AccessKeyType, description: "The key." },
  secret: { type: () => String, description: "What its holder sends. Nobody can tell it again." },
});

export const RevokeAccessKeyPayload = payloadType("RevokeAccessKey", {
  accessKey: { type: () => AccessKeyType, description: "The key as it is now." },
});
