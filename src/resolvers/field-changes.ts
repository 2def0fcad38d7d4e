import type { AuditEvent } from "../entities/audit-event.js";
import type { FieldChangeType } from "../schema/types/history.type.js";

/** The values that a change made others of. */
export function fieldChanges({ before, after }: Pick<AuditEvent, "before" | "after">): FieldChangeType[] {
  const [was, is] = [before ?? {}, after ?? {}] as Record<string, unknown>[];
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  return [...new Set([...Object.keys(was!), ...Object.keys(is!)])]
    .map((field) => ({ field, before: json(was![field]), after: json(is![field]) }))
    .filter(({ before, after }) => before !== after);
}
