import { Field, ID, InputType, Int } from "type-graphql";

import type { OutcomeProtocol } from "../../entities/outcome.js";
import { OutcomeProtocolEnum } from "../enums.js";
import { FiniteFloat } from "../scalars.js";
import { IdempotencyKey } from "./idempotent.inputs.js";

@InputType({ description: "A measurement of a PTM on a task, one of many." })
export class MeasurementInput {
  @Field(() => ID, { description: "The task." })
  taskId!: string;

  @Field(() => ID, { description: "The PTM." })
  ptmId!: string;

  @Field(() => String, { defaultValue: "accuracy", description: "What was measured; larger must be better." })
  metric!: string;

  @Field(() => FiniteFloat, { description: "The value; accuracies as fractions." })
  value!: number;

  @Field(() => OutcomeProtocolEnum, {
    defaultValue: "FULL_FINE_TUNE",
    description: "How the PTM was adapted.",
  })
  protocol!: OutcomeProtocol;

  @Field(() => String, { defaultValue: "test", description: "The samples it was measured on." })
  split!: string;

  @Field(() => Int, { defaultValue: 0, description: "The seed of the run; several runs have several seeds." })
  seed!: number;

  @Field(() => String, {
    nullable: true,
    description: "Where the run can be looked up: an http or https address.",
  })
  evidenceUrl?: string | null;
}

@InputType({ description: "A measurement of a PTM on a task." })
export class ReportOutcomeInput extends MeasurementInput {
  @IdempotencyKey()
  idempotencyKey?: string | null;
}

@InputType({ description: "Measurements that are recorded together, or none of them." })
export class ReportOutcomesInput {
  @Field(() => [MeasurementInput], { description: "1 to 1000 measurements." })
  outcomes!: MeasurementInput[];
}
