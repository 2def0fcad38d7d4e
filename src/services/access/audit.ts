import type { EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { AuditEvent } from "../../entities/audit-event.js";
import { sha256 } from "../digest.js";
import type { Viewer } from "./viewer.js";

/** Texts beyond this are told apart by their digest: a model card would make its row larger than all others together. */
const LONGEST_TEXT = 1000;
/** What jsonb refuses. */
const UNSTORABLE = /\0|\p{Cs}/gu;

/** What was done to what. */
export interface Change {
  /** The mutation's name. */
  readonly action: string;
  /** The API's name of its type, and its row's id. */
  readonly subject: { readonly type: string; readonly id: string };
  /** The row, or those of its columns that say what changed; null for what did not exist. */
  readonly before: object | null;
  readonly after: object | null;
}

/**
 * Writes down changes in the transaction that makes them: both are there or neither. A mutation that finds everything as it
 * would make it changes nothing and writes nothing down.
 *
 * Never pass secrets: the audit is read by others than those who may hold them, and nothing is ever deleted from it.
 */
export async function audit(
  manager: EntityManager,
  { name, role, keyId, requestId }: Viewer,
  ...changes: readonly Change[]
): Promise<void> {
  await manager.insert(
    AuditEvent,
    changes.map(({ action, subject, before, after }) => ({
      id: uuid(),
      actor: name,
      role,
      keyId,
      requestId,
      action,
      subjectType: subject.type,
      subjectId: subject.id,
      before: before && asJson(before),
      after: after && asJson(after),
    })),
  );
}

/** As JSON will hold it: bytes and long texts by their digest, and no character that PostgreSQL's jsonb refuses. */
function asJson(row: object): object {
  const text = JSON.stringify(row, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return { sha256: sha256(value), bytes: value.byteLength };
    if (typeof value === "string" && value.length > LONGEST_TEXT) {
      return { sha256: sha256(value), characters: value.length };
    }
    return typeof value === "string" ? value.replaceAll(UNSTORABLE, "\u{fffd}") : value;
  });
  return JSON.parse(text) as object;
}
