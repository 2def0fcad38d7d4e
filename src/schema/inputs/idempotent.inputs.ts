import { Field, InputType } from "type-graphql";

/** The `idempotencyKey` of a mutation that makes something; see `answerOnce`. */
export function IdempotencyKey(): PropertyDecorator {
  return Field(() => String, {
    nullable: true,
    description:
      "Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and " +
      "gives the same answer; with any other input it is refused. Secrets are in the first answer alone.",
  });
}

@InputType({ description: "What every mutation that makes something takes." })
export abstract class IdempotentInput {
  @IdempotencyKey()
  idempotencyKey?: string | null;
}
