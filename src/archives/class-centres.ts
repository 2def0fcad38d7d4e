import { matrix, type Matrix } from "../engine/matrix.js";
import type { ArchiveLimits } from "./archive-limits.js";
import { badArchive } from "./bad-archive.js";
import { requireClassNames } from "./class-names.js";

/** Features are of the order of 1; a spider's sums of squares of anything like 1e18 leave float32. */
const LARGEST_FEATURE = 1e6;

/** A private task: class centres in the general encoder's feature space, and no sample. */
export interface ClassCentres {
  /** Shape [C, width], finite. */
  readonly centres: Matrix;
  /** Shape [C], unique. */
  readonly classNames: readonly string[];
}

/**
 * Makes a private task from plain values.
 *
 * @param rows       shape [C, width], finite in float32
 * @param classNames shape [C]; if null, the classes are called "0", "1", ...
 * @throws DomainError BAD_USER_INPUT for fewer than 2 classes, rows of unequal width, NaN, infinities, a centre of zeros,
 *   magnitudes that no feature has, or bad names
 */
export function classCentres(
  rows: readonly ArrayLike<number>[],
  classNames: readonly string[] | null,
  limits: ArchiveLimits,
): ClassCentres {
  const names = requireClassNames(classNames ?? Array.from(rows, (_, index) => String(index)), limits);
  if (names.length !== rows.length) {
    throw badArchive(
      `Expected one class name for each of the ${rows.length} class centres, got ${names.length} names.`,
    );
  }
  const width = rows[0]?.length ?? 0;
  if (width < 1 || width > limits.centreWidth) {
    throw badArchive(`Class centres have ${width} dimensions; expected 1 to ${limits.centreWidth}.`);
  }
  const values = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    if (row.length !== width) {
      throw badArchive(
        `Class centre ${index} has ${row.length} dimensions, but centre 0 has ${width}; all must be equal.`,
      );
    }
    values.set(row, index * width);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / width);
    throw badArchive(
      `Class centres must be finite float32 values, got ${rows[row]![bad % width]} in centre ${row} at dimension ${bad % width}.`,
    );
  }
  for (let index = 0; index < rows.length; index++) {
    const centre = values.subarray(index * width, (index + 1) * width);
    const largest = centre.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest > 0 && largest <= LARGEST_FEATURE) continue;
    throw badArchive(
      largest === 0
        ? `Class centre ${index} is zero in every dimension; features of real samples are not.`
        : `Class centres must be within +-${LARGEST_FEATURE}, got ${largest} in centre ${index}; were they scaled?`,
    );
  }
  return { centres: matrix(rows.length, width, values), classNames: names };
}
