import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive } from "./bad-archive.js";
import type { ClassCentres } from "./class-centres.js";
import { imageFolders, inspectImages, readImages } from "./image-folders.js";
import { countSamples, type LabelledImages } from "./labelled-images.js";
import { centresOf, labelledImages, TASK_ARRAYS } from "./npz-task.js";
import { isNpz, readArrays } from "./npz.js";
import { withZip } from "./zip-archive.js";

/** What a task archive holds, known without decoding its images. */
export type TaskArchiveSummary = ImagesSummary | CentresSummary;

export interface ImagesSummary {
  readonly kind: "images";
  readonly sampleCount: number;
  readonly classNames: readonly string[];
  /** Pixels */
  readonly height: number;
  /** Pixels */
  readonly width: number;
  /** Shape [C], each at least 1 */
  readonly samplesPerClass: readonly number[];
}

export interface CentresSummary {
  readonly kind: "centres";
  readonly sampleCount: 0;
  readonly classNames: readonly string[];
  /** Dimensions of a class centre: must be the general encoder's. */
  readonly featureWidth: number;
}

/**
 * Finds what is wrong with a task archive, before anything is stored about it.
 *
 * Read are (a) a zip with one folder per class holding PNG or JPEG images, (b) an .npz with `images`, `labels` and
 * optionally `class_names`, (c) an .npz with `centres` and optionally `class_names`. All of it is checked but the
 * pixel data inside images, which may still prove damaged in `readTaskArchive`.
 *
 * @throws DomainError BAD_USER_INPUT naming the entry, what was expected and what came; system errors as they are
 */
export async function inspectTaskArchive(path: string, limits: ArchiveLimits): Promise<TaskArchiveSummary> {
  return withZip(path, limits, async (listing) => {
    if (!isNpz(listing)) {
      const folders = imageFolders(listing, limits);
      const { height, width } = await inspectImages(folders, limits);
      const { classNames, samplesPerClass } = folders;
      return {
        kind: "images",
        sampleCount: folders.samples.length,
        classNames,
        height,
        width,
        samplesPerClass,
      };
    }
    const arrays = await readArrays(listing, TASK_ARRAYS);
    if (arrays.has("centres")) {
      const { centres, classNames } = centresOf(arrays, limits);
      return { kind: "centres", sampleCount: 0, classNames, featureWidth: centres.columns };
    }
    const { count, height, width, labels, classNames } = labelledImages(arrays, limits);
    const samplesPerClass = countSamples(labels, classNames);
    return { kind: "images", sampleCount: count, classNames, height, width, samplesPerClass };
  });
}

/**
 * Reads the samples of an archive of kind `images`.
 *
 * @throws DomainError BAD_USER_INPUT as `inspectTaskArchive`, for damaged pixel data, and for class centres
 */
export async function readTaskArchive(path: string, limits: ArchiveLimits): Promise<LabelledImages> {
  return withZip(path, limits, async (listing) => {
    if (!isNpz(listing)) return readImages(imageFolders(listing, limits), limits);
    const arrays = await readArrays(listing, TASK_ARRAYS);
    if (arrays.has("centres")) {
      throw badArchive("The archive holds class centres; expected images with labels alone.");
    }
    return labelledImages(arrays, limits);
  });
}

/**
 * Reads the class centres of an archive of kind `centres`.
 *
 * @throws DomainError BAD_USER_INPUT as `inspectTaskArchive`, and for an archive of images
 */
export async function readClassCentres(path: string, limits: ArchiveLimits): Promise<ClassCentres> {
  return withZip(path, limits, async (listing) => {
    if (!isNpz(listing)) {
      throw badArchive('The archive holds images; expected class centres: an .npz with the array "centres".');
    }
    return centresOf(await readArrays(listing, TASK_ARRAYS), limits);
  });
}
