import { DomainError } from "../errors.js";
import { parseQuestion } from "./ranking-question.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every type whose objects have an id of their own. */
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
  "AccessKey",
] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export interface NodeReference {
  readonly type: NodeType;
  /** The row's id; for a ranking that nobody kept, the question it answers. */
  readonly key: string;
}

/** The id that the API shows: opaque, unique over all types. */
export function toGlobalId(type: NodeType, key: string): string {
  return Buffer.from(`${type}:${key}`).toString("base64url");
}

/** What a global id refers to; undefined for anything that this API never gave out. */
export function fromGlobalId(id: string): NodeReference | undefined {
  const text = Buffer.from(id, "base64url").toString("utf8");
  const [type, key] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  const nodeType = NODE_TYPES.find((name) => name === type);
  if (nodeType === undefined || toGlobalId(nodeType, key) !== id) return undefined;
  if (!UUID.test(key) && !(nodeType === "Ranking" && parseQuestion(key))) return undefined;
  return { type: nodeType, key };
}

/**
 * The row's id behind a global id of one type.
 *
 * @throws DomainError NOT_FOUND, in the same words whether the id is malformed, of another type or simply unknown
 */
export function keyOf(type: NodeType, id: string): string {
  const reference = fromGlobalId(id);
  if (reference?.type !== type) throw new DomainError("NOT_FOUND", `There is no ${type} with the id given.`);
  return reference.key;
}
