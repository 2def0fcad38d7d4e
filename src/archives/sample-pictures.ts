import sharp from "sharp";

import type { ArchiveLimits } from "./archive-limits.js";
import { imageFolders } from "./image-folders.js";
import { decodeImage, inspectImage } from "./image.js";
import { labelledImages, TASK_ARRAYS } from "./npz-task.js";
import { isNpz, readArrays } from "./npz.js";
import { withZip } from "./zip-archive.js";

/** Pixels of a picture's longer side; smaller samples stay as they are. */
const EDGE = 96;

/** Which samples to show: the first few of some classes. */
export interface PictureRequest {
  /** Index of the first class. */
  readonly from: number;
  /** How many classes. */
  readonly classes: number;
  readonly perClass: number;
}

/**
 * Small WebP pictures of a task archive's samples. Of a zip only the shown images are inflated and decoded; an .npz is one
 * array and must be read whole.
 *
 * @returns one list for each class of the request that exists
 * @throws DomainError BAD_USER_INPUT for a damaged archive, and for one without images
 */
export async function samplePictures(
  path: string,
  limits: ArchiveLimits,
  { from, classes, perClass }: PictureRequest,
): Promise<Buffer[][]> {
  return withZip(path, limits, async (listing) => {
    if (isNpz(listing)) {
      const { images, labels, height, width, classNames } = labelledImages(
        await readArrays(listing, TASK_ARRAYS),
        limits,
      );
      const size = height * width * 3;
      return shownSamples(labels, classNames.length, { from, classes, perClass }, (n) =>
        picture(images.subarray(n * size, (n + 1) * size), width, height),
      );
    }
    const { samples, labels, classNames } = imageFolders(listing, limits);
    return shownSamples(labels, classNames.length, { from, classes, perClass }, async (n) => {
      const { path: entry, read } = samples[n]!;
      const bytes = await read();
      const { height, width } = await inspectImage(bytes, entry, limits);
      return picture(await decodeImage(bytes, entry, limits), width, height);
    });
  });
}

async function shownSamples(
  labels: Int32Array,
  classCount: number,
  { from, classes, perClass }: PictureRequest,
  draw: (sample: number) => Promise<Buffer>,
): Promise<Buffer[][]> {
  const shown = Array.from({ length: Math.max(0, Math.min(classes, classCount - from)) }, (): number[] => []);
  for (const [n, label] of labels.entries()) {
    const samples = shown[label - from];
    if (samples !== undefined && samples.length < perClass) samples.push(n);
  }
  const pictures: Buffer[][] = [];
  // One after the other: pictures are a courtesy and must not crowd out rankings.
  for (const samples of shown) {
    const drawn: Buffer[] = [];
    for (const n of samples) drawn.push(await draw(n));
    pictures.push(drawn);
  }
  return pictures;
}

function picture(rgb: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(EDGE, EDGE, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
}
