import type { UserErrorPartsFragment } from "./generated/graphql.js";
import { OrbError } from "./orb-error.js";

/**
 * What a mutation made or found.
 *
 * @param payload the mutation's answer
 * @param part    the field to take from it, such as "task"
 * @throws OrbError if the mutation did nothing, for the reason that it gives
 */
export function made<
  Payload extends { readonly userErrors: readonly UserErrorPartsFragment[] },
  Part extends Exclude<keyof Payload, "userErrors">,
>(payload: Payload, part: Part): NonNullable<Payload[Part]> {
  const [refusal] = payload.userErrors;
  if (refusal !== undefined) throw new OrbError(refusal.code, refusal.message, { path: refusal.path });
  const value = payload[part];
  if (value == null) throw new OrbError("NOT_FOUND", `The server answered without "${String(part)}".`);
  return value;
}
