import { Field, ID, InputType } from "type-graphql";

import { DateTime } from "../scalars.js";

@InputType({ description: "A task to withdraw." })
export class RetireTaskInput {
  @Field(() => ID, { description: "The task." })
  taskId!: string;

  @Field(() => String, { description: "Why, at most 2,000 characters." })
  reason!: string;

  @Field(() => DateTime, { nullable: true, description: "Since when, not in the future; absent for now." })
  at?: Date | null;

  @Field(() => ID, { nullable: true, description: "What to take in its place." })
  successorId?: string | null;
}

@InputType({ description: "A retired task to take back." })
export class UnretireTaskInput {
  @Field(() => ID, { description: "The task." })
  taskId!: string;
}
