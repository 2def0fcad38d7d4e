import sharp, { type SharpOptions } from "sharp";

import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, firstBytes, quoted } from "./bad-archive.js";

/** In pixels, after the orientation that a camera noted is applied. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * Checks everything about an image that its headers tell, without decoding pixels.
 *
 * @param path the image's path in the archive, for messages
 * @throws DomainError BAD_USER_INPUT if it is neither PNG nor JPEG, is animated, hides a second file, or is too large
 */
export async function inspectImage(
  bytes: Uint8Array,
  path: string,
  limits: ArchiveLimits,
): Promise<ImageSize> {
  requireStillPicture(bytes, path);
  const { autoOrient } = await sharp(bytes, reading(limits))
    .metadata()
    .catch((error: unknown) => Promise.reject(undecodable(path, error)));
  const { height, width } = autoOrient;
  if (height * width > limits.imagePixels) {
    throw badArchive(
      `Image ${quoted(path)} has ${width} x ${height} pixels; at most ${limits.imagePixels} are allowed. Scale the images down.`,
    );
  }
  return { height, width };
}

/**
 * Decodes a PNG or JPEG that `inspectImage` let through to 8-bit RGB.
 *
 * What the PTMs' own training saw is what comes out: grey and palette images become RGB, 16 bits become 8, the camera's
 * orientation is applied, transparent pixels lie on white (the paper of scans and drawings), and an embedded colour
 * profile is left aside, as common training loaders do.
 *
 * @returns shape [height, width, 3], row-major
 * @throws DomainError BAD_USER_INPUT if the pixel data is damaged
 */
export async function decodeImage(bytes: Uint8Array, path: string, limits: ArchiveLimits): Promise<Buffer> {
  return sharp(bytes, reading(limits))
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw()
    .toBuffer()
    .catch((error: unknown) => Promise.reject(undecodable(path, error)));
}

function reading(limits: ArchiveLimits): SharpOptions {
  return {
    autoOrient: true,
    failOn: "error",
    ignoreIcc: true,
    limitInputPixels: limits.imagePixels,
    sequentialRead: true,
  };
}

function undecodable(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message.trim().split("\n")[0]! : String(error);
  return badArchive(
    `Image ${quoted(path)} cannot be decoded (${reason}). Save it again as PNG or JPEG, at most as large as the limits allow.`,
    error,
  );
}

const PNG = "\u0089PNG\r\n\u001a\n";
const JPEG = "\u00ff\u00d8\u00ff";
/** What people also put into class folders, by how it begins. SVG is XML, which may name outside files. */
const OTHER_KINDS: readonly (readonly [beginning: RegExp, kind: string])[] = [
  [/^GIF8/, "a GIF"],
  [/^RIFF....WEBP/s, "a WebP"],
  [/^BM/, "a BMP"],
  [/^(II\*\0|MM\0\*)/, "a TIFF"],
  [/^....ftyp/s, "an AVIF, HEIF or video"],
  [/^PK/, "a zip; nested archives are never opened"],
  [/^\u0093NUMPY/, "a .npy array, which belongs in an .npz"],
  [/^(\u00ef\u00bb\u00bf)?\s*<(\?xml|!DOCTYPE svg|svg)/i, "an SVG or other XML"],
];

/** The decoder is chosen here by the first bytes; a file's extension means nothing. */
function requireStillPicture(bytes: Uint8Array, path: string): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = view.subarray(0, 64).toString("latin1");
  if (head.startsWith(PNG)) {
    requirePlainPng(view, path);
  } else if (!head.startsWith(JPEG)) {
    const kind = OTHER_KINDS.find(([beginning]) => beginning.test(head))?.[1];
    throw badArchive(
      `Archive entry ${quoted(path)} is ${kind ?? `neither PNG nor JPEG (it begins with ${firstBytes(bytes)})`}. Class folders may hold PNG and JPEG images alone.`,
    );
  }
  if (endsAsZip(view)) {
    throw badArchive(`Image ${quoted(path)} is a zip archive as well; save the picture alone.`);
  }
}

/** Walks the PNG's chunks (length, type, content, checksum): an `acTL` chunk makes it animated, `IEND` must be the end. */
function requirePlainPng(view: Buffer, path: string): void {
  let position = PNG.length;
  while (position + 12 <= view.length) {
    const type = view.toString("latin1", position + 4, position + 8);
    if (type === "acTL") {
      throw badArchive(`Image ${quoted(path)} is an animated PNG; save one frame of it as a still image.`);
    }
    position += 12 + view.readUInt32BE(position);
    if (type === "IEND") {
      if (position >= view.length) return;
      throw badArchive(
        `Image ${quoted(path)} carries ${view.length - position} bytes behind the end of its PNG; save the picture alone.`,
      );
    }
  }
  throw badArchive(`Image ${quoted(path)} is a PNG that is cut off; export or copy it again.`);
}

const ZIP_END = Buffer.from("PK\u0005\u0006", "latin1");
const ZIP_END_BYTES = 22;

/**
 * Cameras append bytes of their own to a JPEG, which are harmless; a zip in them is found by its end record, whose
 * comment must reach exactly to the end of the file.
 */
function endsAsZip(view: Buffer): boolean {
  const tailStart = Math.max(0, view.length - ZIP_END_BYTES - 0xffff);
  for (let at = view.indexOf(ZIP_END, tailStart); at >= 0; at = view.indexOf(ZIP_END, at + 1)) {
    const commentAt = at + ZIP_END_BYTES;
    if (commentAt <= view.length && commentAt + view.readUInt16LE(commentAt - 2) === view.length) return true;
  }
  return false;
}
