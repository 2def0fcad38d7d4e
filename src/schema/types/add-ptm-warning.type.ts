import { Field, ObjectType } from "type-graphql";

import type { DuplicateReason } from "../../services/registry/near-duplicates.js";
import { DuplicateReasonEnum } from "../enums.js";

@ObjectType("AddPtmWarning", {
  description: "What whoever adds a PTM should know; it is added all the same.",
  simpleResolvers: true,
})
export class AddPtmWarningType {
  @Field(() => DuplicateReasonEnum, { description: "What was noticed." })
  reason!: DuplicateReason;
}
