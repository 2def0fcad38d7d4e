/** What one task archive may cost before it is refused. Every limit is inclusive. */
export interface ArchiveLimits {
  /** Entries of the zip, folders and ignored files included. */
  readonly entries: number;
  /** Bytes of one entry after inflating. */
  readonly entryBytes: number;
  /** Bytes of all entries together after inflating. */
  readonly totalBytes: number;
  /** Inflated over stored bytes, for one entry and for the whole archive; applies above `ratioFloorBytes`. */
  readonly ratio: number;
  /** Small arrays of equal values compress far beyond any ratio and harm nobody, so they are let through. */
  readonly ratioFloorBytes: number;
  /** Bytes of all images together once decoded to RGB: n * height * width * 3. */
  readonly decodedBytes: number;
  /** Height * width of one image. */
  readonly imagePixels: number;
  readonly samples: number;
  readonly classes: number;
  /** Code points of one class name. */
  readonly classNameLength: number;
  /** Feature dimensions of one class centre. */
  readonly centreWidth: number;
}

const MIB = 2 ** 20;

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 60_000, // just under what a zip holds without its 64-bit extension
  entryBytes: 512 * MIB,
  totalBytes: 1024 * MIB,
  ratio: 100, // deflate itself reaches 1032; images and centres stay well under 100
  ratioFloorBytes: 4 * MIB,
  decodedBytes: 1024 * MIB,
  imagePixels: 4096 * 4096,
  samples: 50_000,
  classes: 1_000,
  classNameLength: 100,
  centreWidth: 16_384,
};
