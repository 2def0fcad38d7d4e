import { FieldResolver, Resolver, Root } from "type-graphql";

import type { AuditEvent } from "../entities/audit-event.js";
import { ChangeType, FieldChangeType } from "../schema/types/history.type.js";

@Resolver(() => ChangeType)
export class HistoryResolver {
  @FieldResolver(() => [FieldChangeType], {
    description:
      "What it made of each value that it changed; long texts and bytes are told by their digests.",
  })
  changes(@Root() { before, after }: AuditEvent): FieldChangeType[] {
    const [was, is] = [before ?? {}, after ?? {}] as Record<string, unknown>[];
    const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
    return [...new Set([...Object.keys(was!), ...Object.keys(is!)])]
      .map((field) => ({ field, before: json(was![field]), after: json(is![field]) }))
      .filter(({ before, after }) => before !== after);
  }
}
