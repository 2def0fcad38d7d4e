import { Field, ID, ObjectType } from "type-graphql";

import type { Role } from "../../services/access/viewer.js";
import { connectionType } from "../connections.js";
import { RoleEnum } from "../enums.js";
import { DateTime } from "../scalars.js";

@ObjectType("AuditEvent", {
  description: "One change: who made it, in which request, to what.",
  simpleResolvers: true,
})
export class AuditEventType {
  @Field(() => ID, { description: "Its order is that of the events." })
  id!: string;

  @Field(() => DateTime, { description: "When." })
  at!: Date;

  @Field(() => String, { description: "Name of the access key or of the command." })
  actor!: string;

  @Field(() => RoleEnum, { description: "What the actor might do then." })
  role!: Role;

  @Field(() => ID, { nullable: true, description: "The request, as its answer and the log name it." })
  requestId!: string | null;

  @Field(() => String, { description: "Name of the mutation." })
  action!: string;

  @Field(() => String, { description: "Type of what was changed." })
  subjectType!: string;
}

export const AuditEventConnection = connectionType("AuditEvent", () => AuditEventType);
