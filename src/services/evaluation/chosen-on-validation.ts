import { z } from "zod";

import { MERGE_POLICIES } from "../../engine/ranking/merge-reranked.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { SpiderEvaluation } from "../../entities/spider.js";

/** A manifest's hyperparameters may hold anything: what is not as a training writes it counts as not said. */
const said = z.object({
  validationTau: z.number().nullable().catch(null),
  rerankTopK: z.int().min(1).nullable().catch(null),
  mergePolicy: z.enum(MERGE_POLICIES).nullable().catch(null),
});

/** What was chosen on the validation tasks, as the spider's manifest says. */
export function chosenOnValidation({
  hyperparameters = {},
}: Pick<SnapshotManifest, "hyperparameters">): Pick<
  SpiderEvaluation,
  "validationTau" | "rerankTopK" | "mergePolicy"
> {
  return said.parse(hyperparameters);
}
