import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, quoted } from "./bad-archive.js";
import { parseNpy, type NpyArray } from "./npy.js";
import { withZip, type ZipListing } from "./zip-archive.js";

/**
 * Reads the arrays of an .npz file (numpy.savez, numpy.savez_compressed).
 *
 * @param names the arrays to read; the others stay unread, as numpy.load leaves them. All, if left out
 * @returns the arrays that are there, by name
 * @throws DomainError BAD_USER_INPUT if the file is no .npz, breaks a limit, or an array cannot be read
 */
export async function readNpz(
  path: string,
  limits: ArchiveLimits,
  names?: readonly string[],
): Promise<Map<string, NpyArray>> {
  return withZip(path, limits, (listing) => readArrays(listing, names));
}

/** An .npz is a zip whose top level holds .npy files; everything else is a zip of folders. */
export function isNpz(listing: ZipListing): boolean {
  return listing.files.some(({ path }) => isArrayPath(path));
}

/** The arrays of an .npz that is already open; `readNpz` says what is read. */
export async function readArrays(
  listing: ZipListing,
  names?: readonly string[],
): Promise<Map<string, NpyArray>> {
  const stranger = listing.files.find(({ path }) => !isArrayPath(path))?.path ?? listing.folders[0];
  if (stranger !== undefined) {
    throw badArchive(
      `Archive entry ${quoted(stranger)} has no place in an .npz, which holds .npy files alone.`,
    );
  }
  const arrays = new Map<string, NpyArray>();
  for (const file of listing.files) {
    const name = file.path.slice(0, -SUFFIX.length);
    if (names === undefined || names.includes(name)) arrays.set(name, parseNpy(await file.read(), name));
  }
  return arrays;
}

const SUFFIX = ".npy";

function isArrayPath(path: string): boolean {
  return path.endsWith(SUFFIX) && !path.includes("/");
}
