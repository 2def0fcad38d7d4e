import { Arg, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";

import type { AuditEvent } from "../entities/audit-event.js";
import { type Connection, toConnection } from "../schema/connections.js";
import { fromGlobalId, ID_TYPES, toGlobalId } from "../schema/global-id.js";
import { AuditFilterInput } from "../schema/inputs/audit.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { AuditEventConnection, AuditEventType } from "../schema/types/audit-event.type.js";
import { FieldChangeType } from "../schema/types/history.type.js";
import type { BrowseAudit } from "../services/access/browse-audit.js";
import { fieldChanges } from "./field-changes.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => AuditEventType)
export class AuditEventResolver {
  constructor(private readonly audit: BrowseAudit) {}

  @RequiresRole("ADMIN")
  @Query(() => AuditEventConnection, {
    description: "What was changed and by whom, newest first. GET /audit.ndjson gives all of it as a stream.",
  })
  async auditEvents(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => AuditFilterInput, { nullable: true }) filter: AuditFilterInput | null,
  ): Promise<Connection<unknown>> {
    const { subject, ...others } = filter ?? {};
    return toConnection(
      await this.audit.page(
        { ...others, ...(subject != null && { subject: subjectOf(subject) }) },
        { first, after },
      ),
    );
  }

  @FieldResolver(() => ID, { description: "What was changed." })
  subjectId(@Root() { subjectType, subjectId }: AuditEvent): string {
    const type = ID_TYPES.find((name) => name === subjectType);
    return type === undefined ? subjectId : toGlobalId(type, subjectId);
  }

  @FieldResolver(() => [FieldChangeType], {
    description:
      "What it made of each value that it changed; long texts and bytes are told by their digests.",
  })
  changes(@Root() event: AuditEvent): FieldChangeType[] {
    return fieldChanges(event);
  }
}

/** By its global id; an artifact by its digest. */
function subjectOf(id: string): { type: string; id: string } {
  const reference = fromGlobalId(id);
  return reference === undefined ? { type: "Artifact", id } : { type: reference.type, id: reference.key };
}
