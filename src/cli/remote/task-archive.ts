import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readClassFolders, zipClassFolders } from "orbweaver-client";

import { DEFAULT_ARCHIVE_LIMITS } from "../../archives/archive-limits.js";
import { inspectImage } from "../../archives/image.js";
import { squareImage } from "../../archives/square-image.js";
import { DomainError } from "../../errors.js";
import { ProgressBar } from "../progress-bar.js";
import { say } from "./output.js";

/** Without --size, pictures of many sizes are scaled to the smallest side among them, but no larger. */
const LARGEST_COMMON_SIDE = 256;

/**
 * Packs a folder of class folders for as long as `use` takes. Pictures of one size go as they are; of several, each gives
 * its middle square, scaled to one size, for a task's samples have one size.
 *
 * @param size side of the squares; without it, scaled only if sizes differ
 */
export async function withArchiveOf<Result>(
  folder: string,
  size: number | undefined,
  use: (archive: string) => Promise<Result>,
): Promise<Result> {
  const { classes, images, leftOut } = await readClassFolders(folder).catch((error: unknown) => {
    if (error instanceof RangeError) throw new DomainError("BAD_USER_INPUT", error.message);
    throw error;
  });
  say(
    `${folder}: ${images.length} images in ${classes.length} classes${leftOut > 0 ? `, ${leftOut} files left out` : ""}`,
  );
  const pixels = size ?? (await commonSide(folder, images));
  const temporary = await mkdtemp(join(tmpdir(), "orb-"));
  try {
    const archive = join(temporary, "task.zip");
    const bar = new ProgressBar("packing");
    let packed = 0;
    await zipClassFolders(folder, images, archive, async (image) => {
      const bytes = await readFile(join(folder, image));
      bar.update(++packed, images.length);
      return pixels === undefined ? bytes : squareImage(bytes, pixels, DEFAULT_ARCHIVE_LIMITS);
    });
    bar.end();
    return await use(archive);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** The side that pictures of several sizes are brought to; undefined where all have one size. */
async function commonSide(folder: string, images: readonly string[]): Promise<number | undefined> {
  const sizes = new Set<string>();
  let smallest = LARGEST_COMMON_SIDE;
  for (const image of images) {
    const bytes = await readFile(join(folder, image));
    const { width, height } = await inspectImage(bytes, image, DEFAULT_ARCHIVE_LIMITS);
    sizes.add(`${width} x ${height}`);
    smallest = Math.min(smallest, width, height);
  }
  if (sizes.size <= 1) return undefined;
  say(
    `The images have ${sizes.size} sizes: the middle square of each is scaled to ${smallest} pixels (--size to choose).`,
  );
  return smallest;
}
