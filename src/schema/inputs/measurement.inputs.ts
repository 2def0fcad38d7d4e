import { Field, ID, InputType } from "type-graphql";

import type { TransferabilityMetric } from "../../entities/transferability-score.js";
import { TransferabilityMetricEnum } from "../enums.js";
import { IdempotentInput } from "./idempotent.inputs.js";

@InputType({ description: "Which PTMs to run on a task and what to compute from their outputs." })
export class MeasureTransferabilityInput extends IdempotentInput {
  @Field(() => ID, { description: "The task; it must have samples." })
  taskId!: string;

  @Field(() => [ID], { description: "The PTMs, 1 to 100." })
  ptmIds!: string[];

  @Field(() => [TransferabilityMetricEnum], { description: "The metrics, at least one." })
  metrics!: TransferabilityMetric[];
}
