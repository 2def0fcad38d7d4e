import { createWriteStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { ZipFile } from "yazl";

const IMAGES: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg"]);

/** Fixed by its local parts, which is how a zip notes time: the bytes are then the same everywhere and always. */
const EPOCH = new Date(1980, 0, 1);

/** What a folder with one folder of images for each class holds. */
export interface ClassFolders {
  /** Sorted. */
  readonly classes: readonly string[];
  /** `class/image.png`, sorted: the same folder gives the same list on every machine. */
  readonly images: readonly string[];
  /** Files that are no PNG or JPEG by their names, or lie outside a class folder. Hidden files are not counted. */
  readonly leftOut: number;
}

/**
 * Lists the images of class folders without opening them.
 *
 * @throws RangeError if there are fewer than two classes
 */
export async function readClassFolders(folder: string): Promise<ClassFolders> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    ({ name }) => !name.startsWith("."),
  );
  const images: string[] = [];
  let leftOut = entries.filter((entry) => !entry.isDirectory()).length;
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    for (const file of await readdir(join(folder, name))) {
      if (file.startsWith(".")) continue;
      if (IMAGES.has(extname(file).toLowerCase())) images.push(`${name}/${file}`);
      else leftOut += 1;
    }
  }
  images.sort();
  const classes = [...new Set(images.map((image) => image.slice(0, image.indexOf("/"))))];
  if (classes.length < 2) {
    throw new RangeError(
      `${folder} must hold a folder of PNG or JPEG images for each of at least two classes, got ${classes.length}.`,
    );
  }
  return { classes, images, leftOut };
}

/**
 * Writes class folders as the archive that `addTask` takes. Equal images give equal bytes, so that a folder that was
 * sent before is known by its digest.
 *
 * @param target  the file to write
 * @param content gives the bytes of an image, if they shall not be the file's own
 */
export async function zipClassFolders(
  folder: string,
  images: readonly string[],
  target: string,
  content: (image: string) => Promise<Uint8Array> = (image) => readFile(join(folder, image)),
): Promise<void> {
  const zip = new ZipFile();
  for (const image of images) {
    // Images are compressed already. Each is read when its turn comes: one is in memory at a time.
    const options = { mtime: EPOCH, mode: 0o100644, compress: false, forceDosTimestamp: true };
    zip.addReadStreamLazy(image, options, (give) => {
      content(image).then(
        (bytes) => give(null, Readable.from([bytes])),
        (error: unknown) => zip.emit("error", error),
      );
    });
  }
  const output = Readable.from(zip.outputStream);
  zip.on("error", (error: Error) => output.destroy(error));
  zip.end();
  await pipeline(output, createWriteStream(target));
}
