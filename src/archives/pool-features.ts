import type { Matrix } from "../engine/matrix.js";
import type { ArchiveLimits } from "./archive-limits.js";
import { decodeColumns, encodeColumns } from "./column-codes.js";
import { ExpectedArrays } from "./expected-arrays.js";
import { npzOf } from "./npz-writer.js";
import { readNpz } from "./npz.js";

const FAST = 1; // a third smaller at once; the best packing gains two percent more in ten times the time

/**
 * A PTM's features of the samples of a pool that are at hand, as an .npz: `codes` uint16 [n, D], `low` and `step` float32
 * [D] (column-codes.ts says what they lose).
 *
 * @param features [n, D]
 */
export async function poolFeaturesFile(features: Matrix): Promise<Uint8Array> {
  const { codes, low, step } = encodeColumns(features);
  return npzOf(
    [
      ["codes", "<u2", [features.rows, features.columns], codes],
      ["low", "<f4", [features.columns], low],
      ["step", "<f4", [features.columns], step],
    ],
    FAST,
  );
}

/** @throws DomainError BAD_USER_INPUT if the file is another's */
export async function readPoolFeatures(path: string, limits: ArchiveLimits): Promise<Matrix> {
  const arrays = new ExpectedArrays("Features of a pool need", await readNpz(path, limits));
  const codes = arrays.numbers("codes", "u2", [null, null]);
  const width = codes.shape[1]!;
  return decodeColumns({
    codes: codes.values as Uint16Array,
    low: arrays.numbers("low", "f4", [width]).values as Float32Array,
    step: arrays.numbers("step", "f4", [width]).values as Float32Array,
  });
}
