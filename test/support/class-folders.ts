import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import sharp from "sharp";

import { uniformStream } from "../../src/engine/random.js";

/** A folder of class folders with noise in them, for what takes images from disk. @returns its path, in a folder that goes with the test */
export async function writeClassFolders(
  name: string,
  classes: readonly string[],
  { perClass = 3, seed = 1, pixels = () => 32 }: ClassFolderOptions = {},
): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "orbweaver-images-"));
  after(() => rm(parent, { recursive: true }));
  const folder = join(parent, name);
  const next = uniformStream(seed);
  for (const className of classes) {
    await mkdir(join(folder, className), { recursive: true });
    for (let i = 0; i < perClass; i++) {
      const size = pixels(i);
      const noise = Uint8Array.from({ length: size * size * 3 }, () => 256 * next());
      const image = sharp(noise, { raw: { width: size, height: size, channels: 3 } }).png();
      await writeFile(join(folder, className, `${i}.png`), await image.toBuffer());
    }
  }
  return folder;
}

export interface ClassFolderOptions {
  readonly perClass?: number;
  readonly seed?: number;
  /** Side of the i-th image of a class. */
  readonly pixels?: (i: number) => number;
}
