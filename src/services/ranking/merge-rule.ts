import { MERGE_POLICIES, type MergePolicy } from "../../engine/ranking/merge-reranked.js";
import { USUAL_MIXTURE } from "../../engine/ranking/mix-with-scores.js";
import { RUN_METRICS } from "../tokens/run-metrics.js";

/** What may enter the mixture of MIXED_WITH_SCORES: the spider's fitness and the metrics of every run. */
export const MIXED_PARTS = ["FITNESS", ...RUN_METRICS] as const;
export type MixedPart = (typeof MIXED_PARTS)[number];

/** How a spider wants PTMs that were run put among the others. */
export interface MergeRule {
  readonly policy: MergePolicy;
  /** What counts how much; of MIXED_WITH_SCORES alone. */
  readonly weights: ReadonlyMap<MixedPart, number>;
}

/** The paper's way, and the one that needs no comparison of scores with and without a run. */
const DEFAULT_POLICY: MergePolicy = "AMONG_THEMSELVES";

/**
 * Reads what training found best for a spider on validation tasks: `mergePolicy` and, for MIXED_WITH_SCORES, `mergeWeights`
 * among its hyperparameters. A spider that names nothing gets the default.
 *
 * @throws RangeError for another policy, part or weight: the spider would silently rank otherwise than it was validated
 */
export function mergeRule({
  hyperparameters = {},
}: {
  hyperparameters?: Record<string, unknown> | undefined;
}): MergeRule {
  const { mergePolicy = DEFAULT_POLICY, mergeWeights = USUAL_MIXTURE } = hyperparameters;
  const policy = MERGE_POLICIES.find((known) => known === mergePolicy);
  if (policy === undefined) {
    throw new RangeError(
      `spider: mergePolicy must be one of ${MERGE_POLICIES.join(", ")}, got ${JSON.stringify(mergePolicy)}`,
    );
  }
  const weights = policy === "MIXED_WITH_SCORES" ? parseWeights(mergeWeights) : new Map<MixedPart, number>();
  return { policy, weights };
}

function parseWeights(weights: unknown): Map<MixedPart, number> {
  if (typeof weights !== "object" || weights === null || Array.isArray(weights)) {
    throw new RangeError(`spider: mergeWeights must be an object, got ${JSON.stringify(weights)}`);
  }
  return new Map(
    Object.entries(weights).map(([name, weight]: [string, unknown]) => {
      const part = MIXED_PARTS.find((known) => known === name);
      if (part === undefined) {
        throw new RangeError(
          `spider: mergeWeights may name ${MIXED_PARTS.join(", ")}, got ${JSON.stringify(name)}`,
        );
      }
      if (typeof weight !== "number" || !(weight >= 0 && Number.isFinite(weight))) {
        throw new RangeError(
          `spider: the weight of ${name} must be finite and >= 0, got ${JSON.stringify(weight)}`,
        );
      }
      return [part, weight];
    }),
  );
}
