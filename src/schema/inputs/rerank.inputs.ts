import { Field, ID, InputType, Int } from "type-graphql";

import type { JobUrgency } from "../../services/ranking/rerank-task.js";
import { JobUrgencyEnum } from "../enums.js";
import { FiniteFloat } from "../scalars.js";
import { IdempotentInput } from "./idempotent.inputs.js";
import { PtmFilterInput } from "./ptm-filter.inputs.js";

@InputType({ description: "What a re-ranking may cost." })
export class RerankBudget {
  @Field(() => FiniteFloat, {
    defaultValue: 600,
    description: "When they are used up, the ranking completes with what it has. At most a day.",
  })
  seconds!: number;
}

@InputType({ description: "A re-ranking to start." })
export class RerankInput extends IdempotentInput {
  @Field(() => ID, { description: "The task; it must have samples." })
  taskId!: string;

  @Field(() => Int, { defaultValue: 5, description: "How many of the best PTMs to run, 1 to 100." })
  topK!: number;

  @Field(() => PtmFilterInput, { nullable: true, description: "Which PTMs may enter." })
  filter?: PtmFilterInput | null;

  @Field(() => RerankBudget, { defaultValue: { seconds: 600 }, description: "What it may cost." })
  budget!: RerankBudget;

  @Field(() => JobUrgencyEnum, {
    defaultValue: "INTERACTIVE",
    description:
      "Whether somebody waits for it. A run that two re-rankings share goes with the more urgent one.",
  })
  urgency!: JobUrgency;
}

@InputType({ description: "A job to stop." })
export class CancelJobInput {
  @Field(() => ID, { description: "A RERANK, RUN_PTM, MEASURE, TRAIN or MEASURE_POOL job." })
  jobId!: string;
}
