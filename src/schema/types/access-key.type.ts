import { Field, ID, ObjectType } from "type-graphql";

import type { Role } from "../../services/access/viewer.js";
import { connectionType } from "../connections.js";
import { RoleEnum } from "../enums.js";
import { DateTime } from "../scalars.js";

@ObjectType("AccessKey", {
  description: "What a program authenticates with: Authorization: Bearer <secret>.",
  simpleResolvers: true,
})
export class AccessKeyType {
  @Field(() => ID, { description: "Opaque and unique over all types." })
  id!: string;

  @Field(() => String, { description: "Of its holder. What the key makes bears this name." })
  name!: string;

  @Field(() => RoleEnum, { description: "What its holder may do." })
  role!: Role;

  @Field(() => String, { description: "How the secret begins; the rest was shown once and is not stored." })
  prefix!: string;

  @Field(() => String, { description: "Who made it." })
  createdBy!: string;

  @Field(() => DateTime, { description: "When it was made." })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: "When it ends by itself; null: never." })
  expiresAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: "When it was used last, to the minute." })
  lastUsedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: "When somebody ended it." })
  revokedAt!: Date | null;
}

export const AccessKeyConnection = connectionType("AccessKey", () => AccessKeyType);

@ObjectType("Viewer", { description: "Who asks.", simpleResolvers: true })
export class ViewerType {
  @Field(() => String, { description: "What everything that you make bears." })
  name!: string;

  @Field(() => RoleEnum, { description: "What you may do." })
  role!: Role;
}
