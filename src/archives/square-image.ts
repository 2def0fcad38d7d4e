import sharp from "sharp";

import type { ArchiveLimits } from "./archive-limits.js";

/**
 * The middle square of a picture, scaled, as training code commonly takes pictures of many sizes.
 *
 * @param pixels side of the square
 * @returns a PNG
 */
export async function squareImage(bytes: Uint8Array, pixels: number, limits: ArchiveLimits): Promise<Buffer> {
  return sharp(bytes, { autoOrient: true, failOn: "error", limitInputPixels: limits.imagePixels })
    .flatten({ background: "#ffffff" })
    .resize(pixels, pixels, { fit: "cover" })
    .toColourspace("srgb")
    .png()
    .toBuffer();
}
