import { DomainError } from "../errors.js";
import { parseQuestion } from "./ranking-question.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every type that implements Node: `node` finds its objects by their ids. */
export const NODE_TYPES = [
  "Ptm",
  "Task",
  "Spider",
  "Pool",
  "Ranking",
  "PtmToken",
  "TaskToken",
  "SpecificToken",
  "Outcome",
  "TransferabilityScore",
  "Job",
] as const;
/** Every type whose objects have an id of their own; what only administrators see is listed for them and found no other way. */
export const ID_TYPES = [...NODE_TYPES, "AccessKey", "Webhook", "WebhookDelivery"] as const;
export type IdType = (typeof ID_TYPES)[number];

export interface Reference {
  readonly type: IdType;
  /** The row's id; for a ranking that nobody kept, the question it answers. */
  readonly key: string;
}

/** The id that the API shows: opaque, unique over all types. */
export function toGlobalId(type: IdType, key: string): string {
  return Buffer.from(`${type}:${key}`).toString("base64url");
}

/** What a global id refers to; undefined for anything that this API never gave out. */
export function fromGlobalId(id: string): Reference | undefined {
  const text = Buffer.from(id, "base64url").toString("utf8");
  const [type, key] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  const idType = ID_TYPES.find((name) => name === type);
  if (idType === undefined || toGlobalId(idType, key) !== id) return undefined;
  if (!UUID.test(key) && !(idType === "Ranking" && parseQuestion(key))) return undefined;
  return { type: idType, key };
}

/**
 * The row's id behind a global id of one type.
 *
 * @param part where the id stands, in a mutation's input
 * @throws DomainError NOT_FOUND, in the same words whether the id is malformed, of another type or simply unknown
 */
export function keyOf(type: IdType, id: string, ...part: string[]): string {
  const reference = fromGlobalId(id);
  if (reference?.type === type) return reference.key;
  throw new DomainError("NOT_FOUND", `There is no ${type} with the id given.`, { part });
}

/** As keyOf for a list of ids. */
export function keysOf(type: IdType, ids: readonly string[], ...part: string[]): string[] {
  return ids.map((id, i) => keyOf(type, id, ...part, String(i)));
}
