import { registerEnumType } from "type-graphql";

import type { ExecutionProvider } from "../engine/runtime/execution-providers.js";
import { MERGE_POLICIES } from "../engine/ranking/merge-reranked.js";
import { AGGREGATIONS } from "../engine/training/supervision.js";
import { METRICS } from "../engine/transferability/registry.js";
import { JOB_KINDS, JOB_STATES } from "../entities/job.js";
import { OUTCOME_PROTOCOLS } from "../entities/outcome.js";
import { POOL_STATUSES } from "../entities/pool.js";
import { MODALITIES, PTM_STATUSES } from "../entities/ptm.js";
import { RANKING_STAGES } from "../entities/ranking.js";
import { SPIDER_STATUSES } from "../entities/spider.js";
import { TASK_KINDS, TASK_STATUSES } from "../entities/task.js";
import { TRANSFERABILITY_METRICS, type TransferabilityMetric } from "../entities/transferability-score.js";
import { WEBHOOK_DELIVERY_STATES } from "../entities/webhook-delivery.js";
import { WEBHOOK_EVENTS } from "../entities/webhook.js";
import { ERROR_CODES } from "../errors.js";
import {
  AGE_ORDERS,
  OUTCOME_ORDERS,
  PTM_ORDERS,
  SCORE_ORDERS,
  TASK_ORDERS,
} from "../services/registry/registry-orders.js";
import { PTM_LIKENESSES } from "../services/ranking/ptm-vectors.js";
import { DUPLICATE_REASONS } from "../services/registry/near-duplicates.js";
import { JOB_URGENCIES } from "../services/ranking/rerank-task.js";
import { PTM_COSTS } from "../services/ranking/ptm-costs.js";
import { ROLES } from "../services/access/viewer.js";

type Names<Name extends string> = { readonly [Key in Name]: Key };

/** type-graphql wants an object; the code speaks in unions of strings. */
function asEnum<const Name extends string>(
  names: readonly Name[],
  config: { name: string; description: string; values: Record<Name, string> },
): Names<Name> {
  const object = Object.fromEntries(names.map((name) => [name, name])) as Names<Name>;
  const valuesConfig = Object.fromEntries(
    names.map((name) => [name, { description: config.values[name] }]),
  ) as Record<Name, { description: string }>;
  registerEnumType(object, { name: config.name, description: config.description, valuesConfig });
  return object;
}

export const PtmStatusEnum = asEnum(PTM_STATUSES, {
  name: "PtmStatus",
  description: "How far a PTM is on its way into rankings.",
  values: {
    REGISTERED: "Inspected and run once, but the active spider has no token for it; see `statusReason`.",
    INSPECTING: "Its job is about to run it for the first time.",
    TOKENIZING: "Its token is being learned.",
    READY: "Takes part in rankings.",
    FAILED: "Its file could not be used; see `statusReason`.",
    RETIRED: "Withdrawn: readable, but in no new ranking.",
  },
});

export const TaskStatusEnum = asEnum(TASK_STATUSES, {
  name: "TaskStatus",
  description: "Whether a task can be ranked.",
  values: {
    TOKENIZING: "Its task token is being computed.",
    READY: "Can be ranked.",
    FAILED: "Its samples could not be used; see `statusReason`.",
    RETIRED: "Withdrawn: readable, but not ranked any more.",
  },
});

export const TaskKindEnum = asEnum(TASK_KINDS, {
  name: "TaskKind",
  description: "What a task asks a model to predict.",
  values: { CLASSIFICATION: "One of several classes." },
});

export const ModalityEnum = asEnum(MODALITIES, {
  name: "Modality",
  description: "What a PTM takes.",
  values: { IMAGE: "RGB images." },
});

export const RankingStageEnum = asEnum(RANKING_STAGES, {
  name: "RankingStage",
  description: "How far a ranking has come.",
  values: {
    COARSE: "From tokens alone: no PTM was run.",
    RERANKING: "The best PTMs are being run on the task.",
    RERANKED: "Complete: the best PTMs were run and ranked again.",
    CANCELLED: "Somebody stopped it; it holds what there was.",
    FAILED: "It could not be completed.",
  },
});

export const MergePolicyEnum = asEnum(MERGE_POLICIES, {
  name: "MergePolicy",
  description: "How PTMs that were run on a task take their places among those that were not.",
  values: {
    AMONG_THEMSELVES: "They keep the places that the coarse order gave them and share them out anew.",
    FULL_LIST: "The whole list is sorted anew, by the new scores where there are some.",
    MIXED_WITH_SCORES:
      "As AMONG_THEMSELVES, by fitness and transferability scores of the runs together, with the spider's weights.",
  },
});

export const OutcomeProtocolEnum = asEnum(OUTCOME_PROTOCOLS, {
  name: "OutcomeProtocol",
  description: "How a PTM was adapted before it was measured.",
  values: { FULL_FINE_TUNE: "All weights were trained.", LINEAR_PROBE: "A linear head on frozen features." },
});

export const JobKindEnum = asEnum(JOB_KINDS, {
  name: "JobKind",
  description: "What a job does.",
  values: {
    TOKENIZE_TASK: "Runs the general encoder over a task's samples and stores the task token.",
    TOKENIZE_PTM: "Runs a new PTM once and gives it its token.",
    MEASURE: "Runs PTMs on a task's samples and computes transferability scores.",
    RERANK: "Completes a re-ranking when the runs it waits for are over.",
    MEASURE_POOL:
      "Runs the general encoder and every PTM on the samples of a pool and scores the PTMs on its training tasks.",
    TRAIN: "Learns a spider from a pool.",
    IMPORT_PTM: "Fetches a PTM from another registry and adds it.",
    RUN_PTM: "Runs one PTM on a task's samples and stores the specific token.",
  },
});

export const JobStateEnum = asEnum(JOB_STATES, {
  name: "JobState",
  description: "Where a job stands.",
  values: {
    QUEUED: "Waits for a worker.",
    RUNNING: "A worker is on it.",
    COMPLETED: "Done.",
    FAILED: "Ended without success; see `errorMessage`.",
    CANCELLED: "Stopped by somebody.",
  },
});

export const WebhookEventEnum = asEnum(WEBHOOK_EVENTS, {
  name: "WebhookEvent",
  description:
    "What webhooks are told of. Receivers see PTM_ALIAS_MOVED as `ptm.alias_moved`, and the others likewise.",
  values: {
    PTM_ADDED: "A PTM, or a version of one, was added.",
    PTM_READY: "A PTM takes part in rankings from now on.",
    PTM_FAILED: "A PTM's file could not be used.",
    PTM_RETIRED: "A PTM is in no new ranking.",
    PTM_ALIAS_MOVED: "An alias stands for another version of a PTM, or for its first.",
    TASK_READY: "A task can be ranked.",
    TASK_FAILED: "A task's samples could not be used.",
    RERANK_COMPLETED: "A re-ranking ended: RERANKED, CANCELLED or FAILED.",
    SPIDER_TRAINED: "A training ended in a spider.",
    SPIDER_FAILED: "A training failed.",
    SPIDER_ACTIVATED: "Rankings come from another spider.",
    OUTCOME_REPORTED: "Somebody reported a measurement.",
    OUTCOME_VERIFIED: "A curator checked a measurement.",
    OUTCOME_WITHDRAWN: "A measurement turned out wrong.",
    PING: "Somebody asked whether the receiver listens; comes whether it is wanted or not.",
  },
});

export const WebhookDeliveryStateEnum = asEnum(WEBHOOK_DELIVERY_STATES, {
  name: "WebhookDeliveryState",
  description: "Where a delivery stands.",
  values: {
    PENDING: "Will be tried, for the first time or again.",
    DELIVERED: "The receiver accepted it.",
    DEAD: "Given up; see `error`. It can be replayed.",
  },
});

export const JobUrgencyEnum = asEnum(JOB_URGENCIES, {
  name: "JobUrgency",
  description: "Which jobs go first.",
  values: {
    INTERACTIVE: "Somebody waits for the answer: before everything that is BATCH.",
    BATCH: "Nobody waits.",
  },
});

export const SpiderStatusEnum = asEnum(SPIDER_STATUSES, {
  name: "SpiderStatus",
  description: "How far a spider has come.",
  values: {
    TRAINING: "It is being learned; see its job and its curve.",
    READY: "Can rank, and never changes any more.",
    FAILED: "Its training ended without a result; see `statusReason`.",
    CANCELLED: "Somebody stopped its training.",
  },
});

export const PoolStatusEnum = asEnum(POOL_STATUSES, {
  name: "PoolStatus",
  description: "Whether spiders can learn from a pool.",
  values: {
    MEASURING: "Networks are being run on its samples.",
    READY: "Spiders can learn from it.",
    FAILED: "Its samples could not be used; see `statusReason`.",
    CANCELLED: "Somebody stopped the measuring; measurePool goes on with it.",
  },
});

export const AggregationEnum = asEnum(AGGREGATIONS, {
  name: "Aggregation",
  description: "How the scores of several metrics on a task become one order of the PTMs.",
  values: {
    COPELAND: "By pairwise majorities of the metrics.",
    BORDA: "By the sum of ranks.",
    Z_SUM: "By the sum of z-scores.",
  },
});

export const TransferabilityMetricEnum = asEnum(TRANSFERABILITY_METRICS, {
  name: "TransferabilityMetric",
  description:
    "A way to tell from a PTM's outputs on a task how well it should do there. Larger is better for all.",
  values: Object.fromEntries(
    TRANSFERABILITY_METRICS.map((name) => [name, `${METRICS[name].description}. ${METRICS[name].source}.`]),
  ) as Record<TransferabilityMetric, string>,
});

export const PtmOrderEnum = asEnum(PTM_ORDERS, {
  name: "PtmOrder",
  description: "The order of a list of PTMs.",
  values: {
    NEWEST: "Latest first.",
    OLDEST: "Earliest first.",
    NAME: "By name, then version age.",
    FEWEST_PARAMETERS: "Fewest weights first.",
    MOST_PARAMETERS: "Most weights first.",
    SMALLEST: "Smallest file first.",
    LARGEST: "Largest file first.",
    FEWEST_MACS: "Fewest multiply-accumulate operations first, unknown ones last.",
    MOST_MACS: "Most multiply-accumulate operations first, unknown ones last.",
  },
});

export const PtmCostEnum = asEnum(PTM_COSTS, {
  name: "PtmCost",
  description: "What a PTM costs.",
  values: {
    PARAMETERS: "Weights: `Ptm.parameterCount`.",
    MACS: "Multiply-accumulate operations for one image: `Ptm.macs`.",
    SIZE: "Bytes of the ONNX file: `Ptm.sizeBytes`.",
    LATENCY: "Milliseconds a sample when it was run last: `Ptm.latency`, of comparable measurements alone.",
  },
});

export const PtmLikenessEnum = asEnum(PTM_LIKENESSES, {
  name: "PtmLikeness",
  description: "What PTMs are alike in.",
  values: {
    TOKENS: "What the active spider learned of them: the cosine of their tokens.",
    FEATURES:
      "How they see images: the debiased linear CKA of their features on synthetic probe images, whatever their widths.",
  },
});

export const DuplicateReasonEnum = asEnum(DUPLICATE_REASONS, {
  name: "DuplicateReason",
  description: "What tells that two PTMs are nearly or wholly the same.",
  values: {
    SAME_FILE: "Their ONNX files have the same digest.",
    SAME_FEATURES:
      "Their features on the probe images nearly agree: a debiased linear CKA of at least 0.95, where two different PTMs of " +
      "the demo zoo have 0.85 at most.",
  },
});

export const TaskOrderEnum = asEnum(TASK_ORDERS, {
  name: "TaskOrder",
  description: "The order of a list of tasks.",
  values: {
    NEWEST: "Latest first.",
    OLDEST: "Earliest first.",
    NAME: "By name, then version age.",
    FEWEST_SAMPLES: "Fewest samples first.",
    MOST_SAMPLES: "Most samples first.",
  },
});

export const RoleEnum = asEnum(ROLES, {
  name: "Role",
  description: "What a caller may do; each role may do all that the ones before it may.",
  values: {
    VIEWER: "Read and rank.",
    CONTRIBUTOR: "Add PTMs and tasks, re-rank, report outcomes.",
    CURATOR: "Decide what others see: retire, activate, verify.",
    ADMIN: "Hold access keys and read the audit.",
  },
});

export const OutcomeOrderEnum = asEnum(OUTCOME_ORDERS, {
  name: "OutcomeOrder",
  description: "The order of a list of outcomes.",
  values: {
    NEWEST: "Latest first.",
    OLDEST: "Earliest first.",
    LOWEST: "Lowest value first.",
    HIGHEST: "Highest value first.",
  },
});

export const TransferabilityScoreOrderEnum = asEnum(SCORE_ORDERS, {
  name: "TransferabilityScoreOrder",
  description: "The order of a list of transferability scores.",
  values: {
    NEWEST: "Latest first.",
    OLDEST: "Earliest first.",
    LOWEST: "Lowest score first; pairs that the metric says nothing of count as lowest.",
    HIGHEST: "Highest score first.",
  },
});

const AGES = { NEWEST: "Latest first.", OLDEST: "Earliest first." } as const;

export const JobOrderEnum = asEnum(AGE_ORDERS, {
  name: "JobOrder",
  description: "The order of a list of jobs.",
  values: AGES,
});

export const RankingOrderEnum = asEnum(AGE_ORDERS, {
  name: "RankingOrder",
  description: "The order of a list of kept rankings.",
  values: AGES,
});

export const SpiderOrderEnum = asEnum(AGE_ORDERS, {
  name: "SpiderOrder",
  description: "The order of a list of spiders.",
  values: AGES,
});

export const ErrorCodeEnum = asEnum(ERROR_CODES, {
  name: "ErrorCode",
  description: "Why something was refused. docs/errors.md explains each code and what to do.",
  values: {
    BAD_USER_INPUT: "A value is wrong.",
    UNAUTHENTICATED: "No valid access key came with the request.",
    FORBIDDEN: "The access key does not allow this.",
    NOT_FOUND: "What the request refers to does not exist.",
    CONFLICT: "It contradicts what is there already.",
    FAILED_PRECONDITION: "Not possible in the present state; the message says what it waits for.",
    RESOURCE_EXHAUSTED: "A limit is used up.",
    UNAVAILABLE: "Something is down for the moment; try again.",
    TIMEOUT: "It took longer than a request may take; ask for less.",
  },
});

const EXECUTION_PROVIDERS = [
  "CPU",
  "CUDA",
  "TENSORRT",
  "WEBGPU",
  "COREML",
  "DML",
] as const satisfies readonly Uppercase<ExecutionProvider>[];

export const ExecutionProviderEnum = asEnum(EXECUTION_PROVIDERS, {
  name: "ExecutionProvider",
  description: "What can compute fitness.",
  values: {
    CPU: "The processor.",
    CUDA: "An NVIDIA GPU.",
    TENSORRT: "An NVIDIA GPU by TensorRT.",
    WEBGPU: "Any GPU, by Vulkan, Metal or Direct3D.",
    COREML: "Apple's Core ML.",
    DML: "Windows' DirectML.",
  },
});
