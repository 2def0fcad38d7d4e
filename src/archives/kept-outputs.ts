import type { Matrix } from "../engine/matrix.js";
import type { ArchiveLimits } from "./archive-limits.js";
import { decodeColumns, decodeProbabilities } from "./column-codes.js";
import { ExpectedArrays } from "./expected-arrays.js";
import { readNpz } from "./npz.js";

/** What PTMs said about the samples of a task whose images may not be carried. Letters: n samples, D features, S classes. */
export interface KeptOutputs {
  /** Shape [n], integers in [0, C). */
  readonly labels: Int32Array;
  readonly classCount: number;
  /** By the digest of the PTM's ONNX file: outputs belong to weights, not to names. */
  readonly byPtm: ReadonlyMap<string, KeptPtmOutputs>;
}

export interface KeptPtmOutputs {
  /** What running the PTM took where the file was made. */
  readonly seconds: number;
  /** Shape [n, D]. */
  readonly features: Matrix;
  /** Shape [n, S]. */
  readonly probabilities: Matrix;
}

/**
 * Reads an .npz of kept outputs: `labels` int32 [n], `ptms` and `sha256` texts [M], `seconds` float64 [M] and, for every PTM,
 * `<ptm>.features` uint16 [n, D] with `<ptm>.low` and `<ptm>.step` float32 [D], `<ptm>.probabilities` uint16 [n, S];
 * `column-codes.ts` says what the codes mean.
 *
 * @throws DomainError BAD_USER_INPUT naming the array that is missing or of another type or shape
 */
export async function readKeptOutputs(path: string, limits: ArchiveLimits): Promise<KeptOutputs> {
  const arrays = new ExpectedArrays("Kept outputs need", await readNpz(path, limits));
  const labels = arrays.numbers("labels", "i4", [null]).values as Int32Array;
  const names = arrays.texts("ptms");
  const digests = arrays.texts("sha256");
  const seconds = arrays.numbers("seconds", "f8", [names.length]).values as Float64Array;
  const byPtm = new Map<string, KeptPtmOutputs>();
  for (const [i, name] of names.entries()) {
    const features = arrays.numbers(`${name}.features`, "u2", [labels.length, null]);
    const probabilities = arrays.numbers(`${name}.probabilities`, "u2", [labels.length, null]);
    const width = features.shape[1]!;
    byPtm.set(digests[i]!, {
      seconds: seconds[i]!,
      features: decodeColumns({
        codes: features.values as Uint16Array,
        low: arrays.numbers(`${name}.low`, "f4", [width]).values as Float32Array,
        step: arrays.numbers(`${name}.step`, "f4", [width]).values as Float32Array,
      }),
      probabilities: decodeProbabilities(probabilities.values as Uint16Array, probabilities.shape[1]!),
    });
  }
  return { labels, classCount: Math.max(...labels) + 1, byPtm };
}
