import { Field, ID, InputType } from "type-graphql";

import type { Role } from "../../services/access/viewer.js";
import { RoleEnum } from "../enums.js";
import { DateTime } from "../scalars.js";
import { IdempotentInput } from "./idempotent.inputs.js";

@InputType({ description: "An access key to make." })
export class CreateAccessKeyInput extends IdempotentInput {
  @Field(() => String, {
    description: "Of its holder: 1 to 200 visible characters. No other key that works may have it.",
  })
  name!: string;

  @Field(() => RoleEnum, { description: "What its holder may do." })
  role!: Role;

  @Field(() => DateTime, { nullable: true, description: "When it ends by itself; without it, never." })
  expiresAt?: Date | null;
}

@InputType({ description: "An access key to end." })
export class RevokeAccessKeyInput {
  @Field(() => ID, { description: "The key." })
  accessKeyId!: string;
}
