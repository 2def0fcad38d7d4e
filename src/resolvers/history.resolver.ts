import { FieldResolver, Resolver, Root } from "type-graphql";

import type { AuditEvent } from "../entities/audit-event.js";
import { ChangeType, FieldChangeType } from "../schema/types/history.type.js";
import { fieldChanges } from "./field-changes.js";

@Resolver(() => ChangeType)
export class HistoryResolver {
  @FieldResolver(() => [FieldChangeType], {
    description:
      "What it made of each value that it changed; long texts and bytes are told by their digests.",
  })
  changes(@Root() event: AuditEvent): FieldChangeType[] {
    return fieldChanges(event);
  }
}
