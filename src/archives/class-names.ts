import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, quoted } from "./bad-archive.js";

/** Invisible characters that reorder or break the text around them: controls, surrogates, separators, bidi overrides. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Checks the names of a task's classes.
 *
 * @returns the names in Unicode's composed form (NFC), in the order given
 * @throws DomainError BAD_USER_INPUT for fewer than 2 or too many classes, or a name that is blank, too long,
 *   unprintable or not unique once composed
 */
export function requireClassNames(names: readonly string[], limits: ArchiveLimits): string[] {
  if (names.length < 2) {
    throw badArchive(
      `A task needs at least 2 classes, got ${names.length === 0 ? "none" : `only ${quoted(names[0]!)}`}.`,
    );
  }
  if (names.length > limits.classes) {
    throw badArchive(`The task has ${names.length} classes; at most ${limits.classes} are allowed.`);
  }
  const composed = names.map((name) => requireClassName(name, limits));
  const seen = new Set<string>();
  for (const name of composed) {
    if (seen.has(name)) {
      throw badArchive(
        `Class name ${quoted(name)} is there twice (after Unicode NFC composition); rename one of the classes.`,
      );
    }
    seen.add(name);
  }
  return composed;
}

function requireClassName(name: string, limits: ArchiveLimits): string {
  const composed = name.normalize("NFC");
  if (composed.trim() === "")
    throw badArchive("A class name is blank; every class needs a name that can be read.");
  if (UNPRINTABLE.test(composed)) {
    throw badArchive(`Class name ${quoted(name)} has control characters; rename the class.`);
  }
  const length = Array.from(composed).length;
  if (length > limits.classNameLength) {
    throw badArchive(
      `Class name ${quoted(name)} has ${length} characters; at most ${limits.classNameLength} are allowed.`,
    );
  }
  return composed;
}
