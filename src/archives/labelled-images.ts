import { badArchive, quoted } from "./bad-archive.js";
import type { ArchiveLimits } from "./archive-limits.js";

/** The samples of an image classification task, all of one size. Letters: n samples, h x w pixels, C classes. */
export interface LabelledImages {
  /** n */
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** Shape [n, h, w, 3], row-major, RGB of 8 bits. */
  readonly images: Uint8Array;
  /** Shape [n], integers in [0, C); every class has at least one sample. */
  readonly labels: Int32Array;
  /** Shape [C], unique. */
  readonly classNames: readonly string[];
}

/** @throws DomainError BAD_USER_INPUT if n or the n * h * w * 3 bytes of the decoded images break a limit */
export function requireAffordable(count: number, height: number, width: number, limits: ArchiveLimits): void {
  if (count > limits.samples) {
    throw badArchive(
      `The task has ${count} samples; at most ${limits.samples} are allowed. Bring a subset of them.`,
    );
  }
  if (height * width > limits.imagePixels) {
    throw badArchive(
      `The images have ${width} x ${height} pixels; at most ${limits.imagePixels} are allowed. Scale them down.`,
    );
  }
  const bytes = count * height * width * 3;
  if (bytes > limits.decodedBytes) {
    throw badArchive(
      `${count} images of ${width} x ${height} take ${bytes} bytes once decoded; at most ${limits.decodedBytes} are allowed. Scale them down or bring fewer.`,
    );
  }
}

/**
 * Counts the samples of every class.
 *
 * @param labels shape [n], integers in [0, C)
 * @returns shape [C]
 * @throws DomainError BAD_USER_INPUT if a class has none
 */
export function countSamples(labels: Int32Array, classNames: readonly string[]): number[] {
  const counts = classNames.map(() => 0);
  for (const label of labels) counts[label]!++;
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw badArchive(
      `Class ${quoted(classNames[empty]!)} (index ${empty}) has no sample; add samples or remove the class.`,
    );
  }
  return counts;
}
