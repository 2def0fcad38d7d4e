import { DomainError } from "../../errors.js";

const LONGEST_NAME = 200;
/** Lone surrogates cannot be stored; controls and invisible direction marks make two different names look equal. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * The form in which a name is stored and compared: trimmed and NFC-normalised.
 *
 * @param what begins the message
 * @throws DomainError BAD_USER_INPUT if it is empty, too long or holds characters that cannot be seen
 */
export function entryName(name: string, longest = LONGEST_NAME, what = "A name"): string {
  const normalised = name.normalize("NFC").trim();
  if (normalised.length === 0 || normalised.length > longest) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `${what} must have 1 to ${longest} characters, got ${normalised.length}.`,
    );
  }
  if (FORBIDDEN.test(normalised)) {
    throw new DomainError("BAD_USER_INPUT", `${what} must not hold control or invisible characters.`);
  }
  return normalised;
}
