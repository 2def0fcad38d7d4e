import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, quoted } from "./bad-archive.js";
import { requireClassNames } from "./class-names.js";
import { decodeImage, inspectImage, type ImageSize } from "./image.js";
import { countSamples, requireAffordable, type LabelledImages } from "./labelled-images.js";
import type { ZipEntry, ZipListing } from "./zip-archive.js";

/** A zip of class folders after its paths alone are checked: no image has been opened. */
export interface ImageFolders {
  /** Sorted by UTF-16 code units of the composed (NFC) folder name. */
  readonly classNames: readonly string[];
  /** Sorted by class, then by UTF-16 code units of the path, so that the order inside the zip means nothing. */
  readonly samples: readonly ZipEntry[];
  /** Shape [n], the class of each sample. */
  readonly labels: Int32Array;
  /** Shape [C] */
  readonly samplesPerClass: readonly number[];
}

/**
 * Makes classes of the folders in a zip: `class/image`, or `anything/class/image` where one folder leads every path.
 *
 * @throws DomainError BAD_USER_INPUT for files outside a class folder, fewer than 2 classes, an empty class, bad names
 */
export function imageFolders(listing: ZipListing, limits: ArchiveLimits): ImageFolders {
  const root = leadingFolder(listing);
  const folderNames = new Set<string>();
  for (const path of listing.folders) {
    const folder = path.slice(root.length).split("/")[0]!;
    if (folder !== "" && path.length > root.length) folderNames.add(folder);
  }
  for (const { path } of listing.files) folderNames.add(classFolder(path, root));
  const byFolder = new Map([...folderNames].map((folder) => [folder.normalize("NFC"), folder]));
  const classNames = requireClassNames([...folderNames], limits).sort();
  const indices = new Map(classNames.map((name, index) => [byFolder.get(name), index]));
  const samples = listing.files
    .map((file) => ({ file, label: indices.get(classFolder(file.path, root))! }))
    .sort((a, b) => a.label - b.label || (a.file.path < b.file.path ? -1 : 1));
  const labels = Int32Array.from(samples, ({ label }) => label);
  const samplesPerClass = countSamples(labels, classNames);
  return { classNames, samples: samples.map(({ file }) => file), labels, samplesPerClass };
}

/** The folder (with its slash) that leads every path, as compressing a folder of class folders makes it, or "". */
function leadingFolder(listing: ZipListing): string {
  const first = listing.files[0]?.path.split("/")[0];
  if (first === undefined)
    throw badArchive("The archive holds no image: expected a folder of PNG or JPEG images for each class.");
  const root = `${first}/`;
  const leadsAll =
    listing.files.every(({ path }) => path.startsWith(root)) &&
    listing.folders.every((path) => `${path}/`.startsWith(root));
  const hasClassesBelow = listing.files.some(({ path }) => path.split("/").length > 2);
  return leadsAll && hasClassesBelow ? root : "";
}

function classFolder(path: string, root: string): string {
  const segments = path.slice(root.length).split("/");
  if (segments.length === 2) return segments[0]!;
  throw badArchive(
    segments.length < 2
      ? `Archive entry ${quoted(path)} lies outside every class folder; expected ${quoted(`${root}class/image.png`)}. Move or remove it.`
      : `Archive entry ${quoted(path)} lies too deep; expected ${quoted(`${root}class/image.png`)}. Move the images directly into their class folder.`,
  );
}

/**
 * Checks the headers of all images, one in memory at a time.
 *
 * @returns the one size of all images
 * @throws DomainError BAD_USER_INPUT for what `inspectImage` refuses, two sizes, or more pixels than the limits allow
 */
export async function inspectImages(folders: ImageFolders, limits: ArchiveLimits): Promise<ImageSize> {
  return forEachImage(folders, limits, () => Promise.resolve());
}

/** Decodes all images; the errors are those of `inspectImages` and `decodeImage`. */
export async function readImages(folders: ImageFolders, limits: ArchiveLimits): Promise<LabelledImages> {
  const { samples, labels, classNames } = folders;
  let images = new Uint8Array();
  const { height, width } = await forEachImage(folders, limits, async (bytes, index, size) => {
    const imageBytes = size.height * size.width * 3;
    if (index === 0) images = new Uint8Array(samples.length * imageBytes);
    images.set(await decodeImage(bytes, samples[index]!.path, limits), index * imageBytes);
  });
  return { count: samples.length, height, width, images, labels, classNames };
}

async function forEachImage(
  { samples }: ImageFolders,
  limits: ArchiveLimits,
  visit: (bytes: Uint8Array, index: number, size: ImageSize) => Promise<void>,
): Promise<ImageSize> {
  let common: ImageSize | undefined;
  for (const [index, { path, read }] of samples.entries()) {
    const bytes = await read();
    const size = await inspectImage(bytes, path, limits);
    if (common === undefined) {
      common = size;
      requireAffordable(samples.length, size.height, size.width, limits);
    } else if (size.height !== common.height || size.width !== common.width) {
      throw badArchive(
        `All images must have one size, but ${quoted(samples[0]!.path)} has ${common.width} x ${common.height} pixels and ${quoted(path)} has ${size.width} x ${size.height}. Scale them to one size.`,
      );
    }
    await visit(bytes, index, size);
  }
  return common!; // countSamples let no archive through without a sample
}
