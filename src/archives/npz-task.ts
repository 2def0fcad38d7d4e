import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive, quoted } from "./bad-archive.js";
import { classCentres, type ClassCentres } from "./class-centres.js";
import { requireClassNames } from "./class-names.js";
import { countSamples, requireAffordable, type LabelledImages } from "./labelled-images.js";
import type { NpyArray, NpyNumbers } from "./npy.js";

/** The arrays that make a task; an .npz may hold others, which stay unread. */
export const TASK_ARRAYS = ["images", "labels", "class_names", "centres"] as const;

/**
 * A task from the arrays `images` uint8 [n, h, w, 3], `labels` integers [n] and, optionally, `class_names` [C].
 *
 * With class names, labels index into them. Without, the classes are the distinct labels in ascending order, named
 * by their value.
 *
 * @throws DomainError BAD_USER_INPUT saying which array breaks which rule
 */
export function labelledImages(arrays: ReadonlyMap<string, NpyArray>, limits: ArchiveLimits): LabelledImages {
  const images = requireNumbers(arrays, "images", "uint8 of shape [n, height, width, 3]");
  const [count, height, width, channels] = images.shape;
  if (!(images.values instanceof Uint8Array)) {
    throw badArchive(
      `Array "images" has dtype ${images.dtype}; expected uint8. Scale the pixels to 0..255 and save .astype("uint8").`,
    );
  }
  if (images.shape.length !== 4 || channels !== 3 || !count || !height || !width) {
    throw badArchive(
      `Array "images" has shape ${shown(images)}; expected [n, height, width, 3] with the colours last and nothing empty. Transpose it, or repeat a grey channel three times.`,
    );
  }
  requireAffordable(count, height, width, limits);
  const given = requireNumbers(arrays, "labels", "integers of shape [n]");
  if (given.kind !== "integers") {
    throw badArchive(`Array "labels" has dtype ${given.dtype}; expected integers. Save .astype("int64").`);
  }
  if (given.shape.length !== 1 || given.shape[0] !== count) {
    throw badArchive(
      `Array "labels" has shape ${shown(given)}; expected [${count}], one label for each image.`,
    );
  }
  const names = classNamesOf(arrays);
  const { labels, classNames } =
    names === null ? distinctLabels(given.values, limits) : indexLabels(given.values, names, limits);
  countSamples(labels, classNames);
  return { count, height, width, images: images.values, labels, classNames };
}

/**
 * A private task from the array `centres` float32 or float64 [C, width] and, optionally, `class_names` [C].
 *
 * @throws DomainError BAD_USER_INPUT saying which array breaks which rule
 */
export function centresOf(arrays: ReadonlyMap<string, NpyArray>, limits: ArchiveLimits): ClassCentres {
  if (arrays.has("centres") && (arrays.has("images") || arrays.has("labels"))) {
    throw badArchive(
      'The .npz holds "centres" beside "images" or "labels"; a private task has centres alone. Remove one of them.',
    );
  }
  const centres = requireNumbers(arrays, "centres", "float32 or float64 of shape [C, width]");
  const { values, shape } = centres;
  if (!(values instanceof Float32Array || values instanceof Float64Array) || shape.length !== 2) {
    throw badArchive(
      `Array "centres" is ${centres.dtype} of shape ${shown(centres)}; expected float32 or float64 of shape [C, width].`,
    );
  }
  const [classes, width] = shape as [number, number];
  if (classes > limits.classes) {
    throw badArchive(`Array "centres" has ${classes} rows; at most ${limits.classes} classes are allowed.`);
  }
  const rows = Array.from({ length: classes }, (_, c) => values.subarray(c * width, (c + 1) * width));
  return classCentres(rows, classNamesOf(arrays), limits);
}

function requireNumbers(arrays: ReadonlyMap<string, NpyArray>, name: string, expected: string): NpyNumbers {
  const array = arrays.get(name);
  if (array === undefined) {
    throw badArchive(
      `The .npz has no array ${quoted(name)}; expected "images" and "labels" (and "class_names"), or "centres". Save it as ${expected}.`,
    );
  }
  if (array.kind === "texts") {
    throw badArchive(`Array ${quoted(name)} holds texts (dtype ${array.dtype}); expected ${expected}.`);
  }
  return array;
}

function classNamesOf(arrays: ReadonlyMap<string, NpyArray>): readonly string[] | null {
  const array = arrays.get("class_names");
  if (array === undefined) return null;
  if (array.kind !== "texts" || array.shape.length !== 1) {
    throw badArchive(
      `Array "class_names" is ${array.dtype} of shape ${shown(array)}; expected a one-dimensional array of texts, such as numpy.array(["cat", "dog"]).`,
    );
  }
  return array.values;
}

function indexLabels(
  given: NpyNumbers["values"],
  names: readonly string[],
  limits: ArchiveLimits,
): Pick<LabelledImages, "labels" | "classNames"> {
  const classNames = requireClassNames(names, limits);
  const labels = new Int32Array(given.length);
  for (const [i, value] of given.entries()) {
    // Number() may round a huge 64-bit label, which stays far out of range all the same.
    const label = Number(value);
    if (!(label >= 0 && label < classNames.length)) {
      throw badArchive(
        `Array "labels" holds ${value} at index ${i}; with ${classNames.length} class names, expected integers in [0, ${classNames.length}).`,
      );
    }
    labels[i] = label;
  }
  return { labels, classNames };
}

function distinctLabels(
  given: NpyNumbers["values"],
  limits: ArchiveLimits,
): Pick<LabelledImages, "labels" | "classNames"> {
  const indices = new Map<number | bigint, number>();
  for (const value of given) {
    indices.set(value, 0);
    if (indices.size > limits.classes) {
      throw badArchive(
        `Array "labels" holds more than ${limits.classes} distinct values, the most classes allowed.`,
      );
    }
  }
  const ascending = [...indices.keys()].sort((a, b) => (a < b ? -1 : 1));
  for (const [index, value] of ascending.entries()) indices.set(value, index);
  return {
    labels: Int32Array.from(given as Iterable<number | bigint>, (value) => indices.get(value)!),
    classNames: requireClassNames(ascending.map(String), limits),
  };
}

function shown(array: NpyArray): string {
  return `[${array.shape.join(", ")}]`;
}
