import { DomainError, inPart } from "../../errors.js";
import { freeText } from "./free-text.js";

const LONGEST_REASON = 2000;

/** Why and since when something is withdrawn, and what to take in its place. */
export interface RetirementInput {
  readonly id: string;
  readonly reason: string;
  /** Not in the future; absent for now. */
  readonly at?: Date | null | undefined;
  readonly successorId?: string | null | undefined;
}

export interface Retirement {
  readonly retiredAt: Date;
  readonly retirementReason: string;
  readonly successorId: string | null;
}

/** @throws DomainError BAD_USER_INPUT */
export function checkedRetirement({ id, reason, at, successorId }: RetirementInput, now: Date): Retirement {
  const retirementReason = inPart("reason", () => checkedReason(reason));
  if (at != null && at > now) {
    throw new DomainError(
      "BAD_USER_INPUT",
      "at must not lie in the future: retirement takes effect at once.",
      { part: ["at"] },
    );
  }
  if (successorId === id) {
    throw new DomainError("BAD_USER_INPUT", "The successor must be another one than what is retired.", {
      part: ["successorId"],
    });
  }
  return { retiredAt: at ?? now, retirementReason, successorId: successorId ?? null };
}

/** Why something is taken back from others, trimmed. @throws DomainError BAD_USER_INPUT if it says nothing */
export function checkedReason(reason: string): string {
  const checked = freeText("reason", reason.trim(), LONGEST_REASON);
  if (checked !== "") return checked;
  throw new DomainError("BAD_USER_INPUT", "reason must say why; it is empty.");
}

/** The columns of what is not retired. */
export const NOT_RETIRED = { retiredAt: null, retirementReason: null, successorId: null } as const;
