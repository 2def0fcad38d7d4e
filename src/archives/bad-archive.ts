import { DomainError } from "../errors.js";

/** The one error of this folder: the file a caller brought cannot be a task. */
export function badArchive(message: string, cause?: unknown): DomainError {
  return new DomainError("BAD_USER_INPUT", message, cause === undefined ? undefined : { cause });
}

const SHOWN_CHARACTERS = 80;

/**
 * A name from a foreign file, fit for a message: quoted, cut after 80 characters, and with everything that does not
 * print (control characters, bidirectional overrides, lone surrogates) written as its code point.
 */
export function quoted(name: string): string {
  const characters = Array.from(name);
  const shown = characters.slice(0, SHOWN_CHARACTERS).join("");
  const escaped = shown
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return `"${escaped}"${characters.length > SHOWN_CHARACTERS ? "..." : ""}`;
}

/** The first bytes of something unknown, as hexadecimal, for a message. */
export function firstBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "nothing (it is empty)";
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
