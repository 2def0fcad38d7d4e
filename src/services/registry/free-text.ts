import { DomainError } from "../../errors.js";

/** PostgreSQL stores no NUL, and the driver would silently put U+FFFD for half a surrogate pair. */
const UNSTORABLE = /\0|\p{Cs}/u;

/**
 * Text that people wrote for people: any characters, as they came.
 *
 * @param what how the input field is called, for the message
 * @throws DomainError BAD_USER_INPUT if it is too long or cannot be stored unchanged
 */
export function freeText<Text extends string | null | undefined>(
  what: string,
  text: Text,
  longest: number,
): Text {
  if (text == null) return text;
  if (text.length > longest) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `${what} must have at most ${longest} characters, got ${text.length}.`,
    );
  }
  if (UNSTORABLE.test(text)) {
    throw new DomainError("BAD_USER_INPUT", `${what} must not hold NUL or half a surrogate pair.`);
  }
  return text;
}
