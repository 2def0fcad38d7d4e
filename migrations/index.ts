import { Registry1763900000000 } from "./1763900000000-registry.js";
import { TransferabilityScores1763910000000 } from "./1763910000000-transferability-scores.js";
import { Reranking1763920000000 } from "./1763920000000-reranking.js";
import { Audit1763930000000 } from "./1763930000000-audit.js";
import { Search1763935000000 } from "./1763935000000-search.js";
import { OpenJobs1763940000000 } from "./1763940000000-open-jobs.js";
import { Pools1763960000000 } from "./1763960000000-pools.js";
import { Lineage1763965000000 } from "./1763965000000-lineage.js";
import { AccessKeys1763970000000 } from "./1763970000000-access-keys.js";
import { OutcomeReview1763975000000 } from "./1763975000000-outcome-review.js";
import { RateLimit1763980000000 } from "./1763980000000-rate-limit.js";
import { Training1763990000000 } from "./1763990000000-training.js";
import { ZooFiles1763995000000 } from "./1763995000000-zoo-files.js";
import { Imports1764010000000 } from "./1764010000000-imports.js";
import { AnsweredRequests1764020000000 } from "./1764020000000-answered-requests.js";
import { OutcomeChanges1764050000000 } from "./1764050000000-outcome-changes.js";
import { Costs1764060000000 } from "./1764060000000-costs.js";
import { Webhooks1764070000000 } from "./1764070000000-webhooks.js";
import { NearDuplicates1764080000000 } from "./1764080000000-near-duplicates.js";
import { TaskRetirements1764095000000 } from "./1764095000000-task-retirements.js";
import { JobFailures1764100000000 } from "./1764100000000-job-failures.js";
import { FingerprintPlaces1764110000000 } from "./1764110000000-fingerprint-places.js";

/** In the order in which they run. A migration that has landed is never edited; a further one corrects it. */
export const migrations = [
  Registry1763900000000,
  TransferabilityScores1763910000000,
  Reranking1763920000000,
  Audit1763930000000,
  Search1763935000000,
  OpenJobs1763940000000,
  Pools1763960000000,
  Lineage1763965000000,
  AccessKeys1763970000000,
  OutcomeReview1763975000000,
  RateLimit1763980000000,
  Training1763990000000,
  ZooFiles1763995000000,
  Imports1764010000000,
  AnsweredRequests1764020000000,
  OutcomeChanges1764050000000,
  Costs1764060000000,
  Webhooks1764070000000,
  NearDuplicates1764080000000,
  TaskRetirements1764095000000,
  JobFailures1764100000000,
  FingerprintPlaces1764110000000,
];
