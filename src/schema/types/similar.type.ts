import { Field, ObjectType } from "type-graphql";

import type { DuplicateReason } from "../../services/registry/near-duplicates.js";
import { DuplicateReasonEnum } from "../enums.js";
import { FiniteFloat } from "../scalars.js";

@ObjectType("SimilarPtm", { description: "A PTM that is like another.", simpleResolvers: true })
export class SimilarPtmType {
  @Field(() => FiniteFloat, { description: "Cosine, -1 to 1; larger is more alike." })
  similarity!: number;
}

@ObjectType("SimilarTask", { description: "A task that is near another.", simpleResolvers: true })
export class SimilarTaskType {
  @Field(() => FiniteFloat, {
    description:
      "How far the class centres of the two lie apart in the general encoder's feature space: the mean way from a centre to " +
      "the nearest of the other task, in the farther direction (modified Hausdorff distance, a lower bound of the earth " +
      "mover's distance). Only its order has a meaning; 0 for tasks of the same centres. Of more than 128 classes as many at " +
      "even steps stand for all.",
  })
  distance!: number;
}

@ObjectType("NearDuplicate", {
  description: "A PTM that is nearly or wholly another.",
  simpleResolvers: true,
})
export class NearDuplicateType {
  @Field(() => FiniteFloat, { description: "1 is the same." })
  similarity!: number;

  @Field(() => DuplicateReasonEnum, { description: "What tells." })
  reason!: DuplicateReason;
}
