import { badArchive, quoted } from "./bad-archive.js";

/**
 * Checks the path of a zip entry. Nothing is ever written under such a path; a path that tries to leave the archive
 * is refused all the same, because whoever unpacks this archive by other means would be harmed.
 *
 * @throws DomainError BAD_USER_INPUT for an absolute, escaping, Windows-style or unprintable path
 */
export function requireEntryPath(path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined) {
    throw badArchive(
      `Archive entry ${quoted(path)} ${fault}. Expected a relative path such as class/image.png; make the zip again from the folder of classes.`,
    );
  }
}

function pathFault(path: string): string | undefined {
  if (path.length === 0) return "has an empty name";
  if (path.includes("\\")) return "has a backslash in its path";
  if (path.startsWith("/")) return "has an absolute path";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter";
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(path)) return "has control characters in its path";
  const segments = path.replace(/\/$/, "").split("/");
  if (segments.includes("..")) return "has a path that leaves the archive";
  if (segments.includes(".") || segments.includes("")) return "has an empty or dot segment in its path";
  return undefined;
}

/** What desktop systems add to a zip behind their user's back; skipped without being inflated. */
export function isDesktopLitter(path: string): boolean {
  const segments = path.split("/");
  const name = segments.at(-1);
  return segments.includes("__MACOSX") || name === ".DS_Store" || name === "Thumbs.db";
}
