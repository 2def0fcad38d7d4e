/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> =
  T | { [P in keyof T]?: P extends " $fragmentName" | "__typename" ? T[P] : never };
import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
/** A spider to rank with. */
export type ActivateSpiderInput = {
  /** Whether it may rank the validation tasks worse than the active one does. */
  force?: boolean;
  /** The spider; it must be READY. */
  spiderId: string;
};

/** A PTM to add. Upload its ONNX file first: PUT /artifacts/<sha256>. */
export type AddPtmInput = {
  /** The family of the network. */
  architecture?: string | null | undefined;
  /** Digest of the uploaded ONNX file. */
  artifact: string;
  /** The PTM whose weights it was made from. */
  baseModelId?: string | null | undefined;
  /** The model card, in Markdown, at most 100,000 characters. */
  card?: string | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** Under what licence the weights come. */
  license?: string | null | undefined;
  /** What it takes. */
  modality?: Modality;
  /** 1 to 200 visible characters. */
  name: string;
  /** Whether other weights under a name that exists shall become its next version. */
  newVersion?: boolean;
  /** How it takes images and gives features. */
  signature: PtmSignatureInput;
  /** Free labels to find it by, at most 50. */
  tags?: Array<string>;
};

/** A task to add: either an uploaded archive or class centres. */
export type AddTaskInput = {
  /** Digest of an uploaded archive: a zip with one folder of PNG or JPEG files per class, or an .npz with images, labels and class_names. Upload it first: PUT /artifacts/<sha256>. */
  artifact?: string | null | undefined;
  /** Class centres alone. */
  centres?: ClassCentresInput | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** 1 to 200 visible characters. */
  name: string;
  /** Whether other data under a name that exists shall become its next version. */
  newVersion?: boolean;
};

/** An address to tell of events. */
export type AddWebhookInput = {
  /** What to tell it of; at least one. */
  events: Array<WebhookEvent>;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** An https address without credentials; its host must be allowed (ORB_WEBHOOK_HOSTS). No two webhooks share one. */
  url: string;
};

/** How the scores of several metrics on a task become one order of the PTMs. */
export type Aggregation =
  /** By the sum of ranks. */
  | "BORDA"
  /** By pairwise majorities of the metrics. */
  | "COPELAND"
  /** By the sum of z-scores. */
  | "Z_SUM";

/** A job to stop. */
export type CancelJobInput = {
  /** A RERANK, RUN_PTM, MEASURE, TRAIN or MEASURE_POOL job. */
  jobId: string;
};

/** A private task: class centres of the general encoder's features; the samples stay at home. */
export type ClassCentresInput = {
  /** Names of the classes, one for each centre. */
  classes: Array<string>;
  /** Shape [classes, width], row-major; see Spider.encoderWidth. */
  vectors: string;
};

/** Conditions on a count, all of them. */
export type CountRange = {
  /** Is this. */
  eq?: number | null | undefined;
  /** At least. */
  gte?: number | null | undefined;
  /** Is one of these. */
  in?: Array<number> | null | undefined;
  /** At most. */
  lte?: number | null | undefined;
};

/** An access key to make. */
export type CreateAccessKeyInput = {
  /** When it ends by itself; without it, never. */
  expiresAt?: string | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** Of its holder: 1 to 200 visible characters. No other key that works may have it. */
  name: string;
  /** What its holder may do. */
  role: Role;
};

/** A pool to make of tasks. */
export type CreatePoolInput = {
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** What the PTMs are scored by. */
  metrics?: Array<TransferabilityMetric>;
  /** 1 to 200 visible characters. */
  name: string;
  /** Draws the training tasks. */
  seed?: number;
  /** The sources, 1 to 1000: READY tasks with samples. */
  taskIds: Array<string>;
  /** How many training tasks to draw and to score all PTMs on, 1 to 100,000. */
  trainingTasks?: number;
};

/** What tells that two PTMs are nearly or wholly the same. */
export type DuplicateReason =
  /** Their features on the probe images nearly agree: a debiased linear CKA of at least 0.95, where two different PTMs of the demo zoo have 0.85 at most. */
  | "SAME_FEATURES"
  /** Their ONNX files have the same digest. */
  | "SAME_FILE";

/** Why something was refused. docs/errors.md explains each code and what to do. */
export type ErrorCode =
  /** A value is wrong. */
  | "BAD_USER_INPUT"
  /** It contradicts what is there already. */
  | "CONFLICT"
  /** Not possible in the present state; the message says what it waits for. */
  | "FAILED_PRECONDITION"
  /** The access key does not allow this. */
  | "FORBIDDEN"
  /** What the request refers to does not exist. */
  | "NOT_FOUND"
  /** A limit is used up. */
  | "RESOURCE_EXHAUSTED"
  /** It took longer than a request may take; ask for less. */
  | "TIMEOUT"
  /** No valid access key came with the request. */
  | "UNAUTHENTICATED"
  /** Something is down for the moment; try again. */
  | "UNAVAILABLE";

/** A repository of the Hugging Face Hub. */
export type HuggingFaceSourceInput = {
  /** Path of the ONNX file; without it, the only one of the repository. */
  file?: string | null | undefined;
  /** The repository, as owner/name. */
  repository: string;
  /** A branch, tag or commit; everything is read at the commit that it names at that moment. */
  revision?: string;
  /** The hub's https address; its host must be allowed (ORB_IMPORT_HOSTS). */
  server?: string;
};

/** The order of an image tensor's axes: N images, C channels, H height, W width. */
export type ImageLayout =
  /** Channels first. */
  | "NCHW"
  /** Channels last. */
  | "NHWC";

/** A PTM to import from another registry: exactly one source. */
export type ImportPtmInput = {
  /** The family of the network. */
  architecture?: string | null | undefined;
  /** From the Hugging Face Hub. */
  huggingFace?: HuggingFaceSourceInput | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** Under what licence the weights come; without it, what the source says. */
  license?: string | null | undefined;
  /** From MLflow. */
  mlflow?: MlflowSourceInput | null | undefined;
  /** What it takes. */
  modality?: Modality;
  /** What to call it; without it, as the source does. */
  name?: string | null | undefined;
  /** Whether other weights under a name that exists shall become its next version. */
  newVersion?: boolean;
  /** How it takes images and gives features. */
  signature: PtmSignatureInput;
};

/** What a job does. */
export type JobKind =
  /** Fetches a PTM from another registry and adds it. */
  | "IMPORT_PTM"
  /** Runs PTMs on a task's samples and computes transferability scores. */
  | "MEASURE"
  /** Runs the general encoder and every PTM on the samples of a pool and scores the PTMs on its training tasks. */
  | "MEASURE_POOL"
  /** Completes a re-ranking when the runs it waits for are over. */
  | "RERANK"
  /** Runs one PTM on a task's samples and stores the specific token. */
  | "RUN_PTM"
  /** Runs a new PTM once and gives it its token. */
  | "TOKENIZE_PTM"
  /** Runs the general encoder over a task's samples and stores the task token. */
  | "TOKENIZE_TASK"
  /** Learns a spider from a pool. */
  | "TRAIN";

/** Where a job stands. */
export type JobState =
  /** Stopped by somebody. */
  | "CANCELLED"
  /** Done. */
  | "COMPLETED"
  /** Ended without success; see `errorMessage`. */
  | "FAILED"
  /** Waits for a worker. */
  | "QUEUED"
  /** A worker is on it. */
  | "RUNNING";

/** Which jobs go first. */
export type JobUrgency =
  /** Nobody waits. */
  | "BATCH"
  /** Somebody waits for the answer: before everything that is BATCH. */
  | "INTERACTIVE";

/** A coarse ranking to write down. */
export type KeepRankingInput = {
  /** Which PTMs may enter. */
  filter?: PtmFilter | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** The task. */
  taskId: string;
  /** How many PTMs, 1 to 1000. */
  topK?: number;
};

/** Conditions on a set of labels, all of them. */
export type LabelsCondition = {
  /** Holds this label. */
  contains?: string | null | undefined;
  /** Holds one of these labels. */
  in?: Array<string> | null | undefined;
};

/** A pool to measure PTMs on. */
export type MeasurePoolInput = {
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** The pool. */
  poolId: string;
};

/** A measurement of a PTM on a task, one of many. */
export type MeasurementInput = {
  /** Where the run can be looked up: an http or https address. */
  evidenceUrl?: string | null | undefined;
  /** What was measured; larger must be better. */
  metric?: string;
  /** How the PTM was adapted. */
  protocol?: OutcomeProtocol;
  /** The PTM. */
  ptmId: string;
  /** The seed of the run; several runs have several seeds. */
  seed?: number;
  /** The samples it was measured on. */
  split?: string;
  /** The task. */
  taskId: string;
  /** The value; accuracies as fractions. */
  value: number;
};

/** How PTMs that were run on a task take their places among those that were not. */
export type MergePolicy =
  /** They keep the places that the coarse order gave them and share them out anew. */
  | "AMONG_THEMSELVES"
  /** The whole list is sorted anew, by the new scores where there are some. */
  | "FULL_LIST"
  /** As AMONG_THEMSELVES, by fitness and transferability scores of the runs together, with the spider's weights. */
  | "MIXED_WITH_SCORES";

/** A model version of an MLflow model registry. */
export type MlflowSourceInput = {
  /** Path of the ONNX file inside the version's artifacts. */
  file: string;
  /** The registered model's name. */
  model: string;
  /** The tracking server's https address; its host must be allowed (ORB_IMPORT_HOSTS). */
  server: string;
  /** The version's number, or an alias. */
  version: string;
};

/** What a PTM takes. */
export type Modality =
  /** RGB images. */
  "IMAGE";

/** How a PTM was adapted before it was measured. */
export type OutcomeProtocol =
  /** All weights were trained. */
  | "FULL_FINE_TUNE"
  /** A linear head on frozen features. */
  | "LINEAR_PROBE";

/** A webhook to send a PING. */
export type PingWebhookInput = {
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** The webhook; it must be enabled. */
  webhookId: string;
};

/** Whether spiders can learn from a pool. */
export type PoolStatus =
  /** Somebody stopped the measuring; measurePool goes on with it. */
  | "CANCELLED"
  /** Its samples could not be used; see `statusReason`. */
  | "FAILED"
  /** Networks are being run on its samples. */
  | "MEASURING"
  /** Spiders can learn from it. */
  | "READY";

/** Comparators for what PtmFilter has a short form of. */
export type PtmConditions = {
  /** Its architecture. */
  architecture?: TextCondition | null | undefined;
  /** Its licence. */
  license?: TextCondition | null | undefined;
  /** Its name; case does not matter. */
  name?: TextCondition | null | undefined;
  /** Its tags. */
  tags?: LabelsCondition | null | undefined;
};

/** Conditions that a PTM must meet, all of them. */
export type PtmFilter = {
  /** Has every one of these aliases. */
  aliases?: Array<string> | null | undefined;
  /** Meets all of these. */
  and?: Array<PtmFilter> | null | undefined;
  /** Is of one of these architectures. */
  architecture?: Array<string> | null | undefined;
  /** When it was added. */
  createdAt?: TimeRange | null | undefined;
  /** Who added it. */
  createdBy?: TextCondition | null | undefined;
  /** Gives so many features. */
  featureWidth?: CountRange | null | undefined;
  /** Whether it is the newest version of its name. */
  latest?: boolean | null | undefined;
  /** Has one of these licences. */
  license?: Array<string> | null | undefined;
  /** Takes so many multiply-accumulate operations an image; those where they are not known are left out. */
  macs?: CountRange | null | undefined;
  /** Takes one of these. */
  modality?: Array<Modality> | null | undefined;
  /** Has this name; case does not matter. */
  name?: string | null | undefined;
  /** Does not meet this. */
  not?: PtmFilter | null | undefined;
  /** Meets one of these. */
  or?: Array<PtmFilter> | null | undefined;
  /** Has so many weights. */
  parameterCount?: CountRange | null | undefined;
  /** Has a file of so many bytes. */
  sizeBytes?: CountRange | null | undefined;
  /** Is in one of these states. */
  status?: Array<PtmStatus> | null | undefined;
  /** Has every one of these tags. */
  tags?: Array<string> | null | undefined;
  /** Holds these words in its name, tags or card, in any form of theirs (quotes, `or` and a leading minus as in web searches), or has the text as it stands in its name. */
  text?: string | null | undefined;
  /** Further comparators. */
  where?: PtmConditions | null | undefined;
};

/** The order of a list of PTMs. */
export type PtmOrder =
  /** Fewest multiply-accumulate operations first, unknown ones last. */
  | "FEWEST_MACS"
  /** Fewest weights first. */
  | "FEWEST_PARAMETERS"
  /** Largest file first. */
  | "LARGEST"
  /** Most multiply-accumulate operations first, unknown ones last. */
  | "MOST_MACS"
  /** Most weights first. */
  | "MOST_PARAMETERS"
  /** By name, then version age. */
  | "NAME"
  /** Latest first. */
  | "NEWEST"
  /** Earliest first. */
  | "OLDEST"
  /** Smallest file first. */
  | "SMALLEST";

/** How a network takes images and gives features; see PtmSignature. */
export type PtmSignatureInput = {
  /** Output with the penultimate features. */
  features?: string;
  /** Pixels. */
  height: number;
  /** What white becomes. */
  high?: number;
  /** Name of the graph's image input. */
  input: string;
  /** The order of the input's axes. */
  layout?: ImageLayout;
  /** What black becomes. */
  low?: number;
  /** One number for all channels, or three. */
  mean?: Array<number>;
  /** Output with the softmax over the source classes. */
  probabilities?: string | null | undefined;
  /** One number for all channels, or three. */
  std?: Array<number>;
  /** Pixels. */
  width: number;
};

/** How far a PTM is on its way into rankings. */
export type PtmStatus =
  /** Its file could not be used; see `statusReason`. */
  | "FAILED"
  /** Its job is about to run it for the first time. */
  | "INSPECTING"
  /** Takes part in rankings. */
  | "READY"
  /** Inspected and run once, but the active spider has no token for it; see `statusReason`. */
  | "REGISTERED"
  /** Withdrawn: readable, but in no new ranking. */
  | "RETIRED"
  /** Its token is being learned. */
  | "TOKENIZING";

/** How far a ranking has come. */
export type RankingStage =
  /** Somebody stopped it; it holds what there was. */
  | "CANCELLED"
  /** From tokens alone: no PTM was run. */
  | "COARSE"
  /** It could not be completed. */
  | "FAILED"
  /** Complete: the best PTMs were run and ranked again. */
  | "RERANKED"
  /** The best PTMs are being run on the task. */
  | "RERANKING";

/** A webhook to remove. */
export type RemoveWebhookInput = {
  /** The webhook. */
  webhookId: string;
};

/** A delivery to send again. */
export type ReplayWebhookDeliveryInput = {
  /** The delivery; its webhook must be enabled. */
  deliveryId: string;
};

/** A measurement of a PTM on a task. */
export type ReportOutcomeInput = {
  /** Where the run can be looked up: an http or https address. */
  evidenceUrl?: string | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** What was measured; larger must be better. */
  metric?: string;
  /** How the PTM was adapted. */
  protocol?: OutcomeProtocol;
  /** The PTM. */
  ptmId: string;
  /** The seed of the run; several runs have several seeds. */
  seed?: number;
  /** The samples it was measured on. */
  split?: string;
  /** The task. */
  taskId: string;
  /** The value; accuracies as fractions. */
  value: number;
};

/** Measurements that are recorded together, or none of them. */
export type ReportOutcomesInput = {
  /** 1 to 1000 measurements. */
  outcomes: Array<MeasurementInput>;
};

/** What a re-ranking may cost. */
export type RerankBudget = {
  /** When they are used up, the ranking completes with what it has. At most a day. */
  seconds?: number;
};

/** A re-ranking to start. */
export type RerankInput = {
  /** What it may cost. */
  budget?: RerankBudget;
  /** Which PTMs may enter. */
  filter?: PtmFilter | null | undefined;
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** The task; it must have samples. */
  taskId: string;
  /** How many of the best PTMs to run, 1 to 100. */
  topK?: number;
  /** Whether somebody waits for it. A run that two re-rankings share goes with the more urgent one. */
  urgency?: JobUrgency;
};

/** A PTM to take out of rankings. */
export type RetirePtmInput = {
  /** Since when, not in the future; absent for now. */
  at?: string | null | undefined;
  /** The PTM. */
  ptmId: string;
  /** Why, at most 2,000 characters. */
  reason: string;
  /** What to take in its place. */
  successorId?: string | null | undefined;
};

/** An access key to end. */
export type RevokeAccessKeyInput = {
  /** The key. */
  accessKeyId: string;
};

/** What a caller may do; each role may do all that the ones before it may. */
export type Role =
  /** Hold access keys and read the audit. */
  | "ADMIN"
  /** Add PTMs and tasks, re-rank, report outcomes. */
  | "CONTRIBUTOR"
  /** Decide what others see: retire, activate, verify. */
  | "CURATOR"
  /** Read and rank. */
  | "VIEWER";

/** A webhook to give another secret. */
export type RotateWebhookSecretInput = {
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** Whether the secret before ends now, for it was leaked; otherwise both sign for a day. */
  immediately?: boolean;
  /** The webhook. */
  webhookId: string;
};

/** What differs from the default recipe; an absent field keeps its default. */
export type SpiderRecipeInput = {
  /** How the metrics' scores become one order to learn. */
  aggregation?: Aggregation | null | undefined;
  /** Training tasks a step. */
  batchSize?: number | null | undefined;
  /** Further estimators that are trained apart and have a say where no PTM was run. */
  companions?: number | null | undefined;
  /** Share of the attention that a step leaves out. */
  dropout?: number | null | undefined;
  /** How often it sees every training task. */
  epochs?: number | null | undefined;
  /** Of Adam, at the last step; a cosine in between. */
  finalLearningRate?: number | null | undefined;
  /** How much more the head of a ranking counts; 0: no more. */
  headDecay?: number | null | undefined;
  /** Of Adam, at the first step. */
  learningRate?: number | null | undefined;
  /** Longer gradients are cut; by default none is. */
  maxGradientNorm?: number | null | undefined;
  /** A batch runs up to so many PTMs on each of its tasks. */
  mostRun?: number | null | undefined;
  /** How much outcomes on other tasks count in its rankings. */
  priorWeight?: number | null | undefined;
  /** Draws weights, batches and dropout. */
  seed?: number | null | undefined;
  /** Training tasks; by default all but those to validate on. */
  tasks?: number | null | undefined;
  /** Tasks to validate on, which it does not learn from. */
  validation?: number | null | undefined;
  /** How fast weights shrink by themselves. */
  weightDecay?: number | null | undefined;
  /** Width of PTM tokens and of the attention. */
  width?: number | null | undefined;
};

/** How far a spider has come. */
export type SpiderStatus =
  /** Somebody stopped its training. */
  | "CANCELLED"
  /** Its training ended without a result; see `statusReason`. */
  | "FAILED"
  /** Can rank, and never changes any more. */
  | "READY"
  /** It is being learned; see its job and its curve. */
  | "TRAINING";

/** Comparators for what TaskFilter has a short form of. */
export type TaskConditions = {
  /** Its name; case does not matter. */
  name?: TextCondition | null | undefined;
};

/** Conditions that a task must meet, all of them. */
export type TaskFilter = {
  /** Meets all of these. */
  and?: Array<TaskFilter> | null | undefined;
  /** The names of its classes. */
  classes?: LabelsCondition | null | undefined;
  /** When it was added. */
  createdAt?: TimeRange | null | undefined;
  /** Who added it. */
  createdBy?: TextCondition | null | undefined;
  /** Whether it is the newest version of its name. */
  latest?: boolean | null | undefined;
  /** Has this name; case does not matter. */
  name?: string | null | undefined;
  /** Does not meet this. */
  not?: TaskFilter | null | undefined;
  /** Meets one of these. */
  or?: Array<TaskFilter> | null | undefined;
  /** Has so many samples. */
  sampleCount?: CountRange | null | undefined;
  /** Is in one of these states. */
  status?: Array<TaskStatus> | null | undefined;
  /** Holds these words in its name or classes, or has the text as it stands in its name. */
  text?: string | null | undefined;
  /** Further comparators. */
  where?: TaskConditions | null | undefined;
};

/** The order of a list of tasks. */
export type TaskOrder =
  /** Fewest samples first. */
  | "FEWEST_SAMPLES"
  /** Most samples first. */
  | "MOST_SAMPLES"
  /** By name, then version age. */
  | "NAME"
  /** Latest first. */
  | "NEWEST"
  /** Earliest first. */
  | "OLDEST";

/** Whether a task can be ranked. */
export type TaskStatus =
  /** Its samples could not be used; see `statusReason`. */
  | "FAILED"
  /** Can be ranked. */
  | "READY"
  /** Withdrawn: readable, but not ranked any more. */
  | "RETIRED"
  /** Its task token is being computed. */
  | "TOKENIZING";

/** Conditions on a text, all of them. */
export type TextCondition = {
  /** Has this anywhere in it; case does not matter. */
  contains?: string | null | undefined;
  /** Is this. */
  eq?: string | null | undefined;
  /** Is one of these. */
  in?: Array<string> | null | undefined;
};

/** A span of time, ends included. */
export type TimeRange = {
  /** At this moment or later. */
  gte?: string | null | undefined;
  /** At this moment or earlier. */
  lte?: string | null | undefined;
};

/** A spider to train. */
export type TrainSpiderInput = {
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it changes nothing and gives the same answer; with any other input it is refused. Secrets are in the first answer alone. */
  idempotencyKey?: string | null | undefined;
  /** The pool to learn from; without one, the newest that is ready. */
  poolId?: string | null | undefined;
  /** How to learn. */
  recipe?: SpiderRecipeInput;
};

/** A way to tell from a PTM's outputs on a task how well it should do there. Larger is better for all. */
export type TransferabilityMetric =
  /** Probability of the true class under a regularised Fisher discriminant (SFDA's first stage). Gholami et al., ICCV 2023; Shao et al., ECCV 2022. */
  | "ETRAN_CLASSIFICATION"
  /** Mean free energy of the samples' features. Gholami et al., ICCV 2023. */
  | "ETRAN_ENERGY"
  /** Overlap of the classes as Gaussians with diagonal covariances, negative. Pandy et al., CVPR 2022. */
  | "GBC_DIAGONAL"
  /** Overlap of the classes as Gaussians with one variance each, negative. Pandy et al., CVPR 2022; log-determinant with its factor D. */
  | "GBC_SPHERICAL"
  /** Whitened variance of the features that the class means explain. Bao et al., ICIP 2019. */
  | "H_SCORE"
  /** H-score with a Ledoit-Wolf covariance, for few samples. Ibrahim, Ponomareva and Mazumder, ECML-PKDD 2022. */
  | "H_SCORE_SHRINKAGE"
  /** Leave-one-out accuracy of the 5 nearest neighbours. Cover and Hart, 1967. */
  | "K_NN"
  /** Log-likelihood of the label predicted through the PTM's source classes. Nguyen et al., ICML 2020. */
  | "LEEP"
  /** Correlation of the samples' similarities in features and in labels. Deshpande et al., arXiv 2102.00084. */
  | "LFC"
  /** Cross-validated accuracy of a ridge classifier on the features. own; 5 stratified folds. */
  | "LINEAR_PROBE"
  /** Log evidence of a linear model on the features, by MacKay's fixed point. You et al., ICML 2021; JMLR 2022. */
  | "LOG_ME"
  /** Log evidence of a linear model on the features at its exact maximum, free of the features' scale. You et al., ICML 2021; own maximisation. */
  | "LOG_ME_MAXIMUM"
  /** Negative entropy of the label given the source class that the PTM predicts. Tran, Nguyen and Hassner, ICCV 2019. */
  | "NCE"
  /** LEEP with clusters of the features (a Gaussian mixture) in place of source classes. Li et al., CVPR 2021; mixture size of Model-Spider. */
  | "N_LEEP"
  /** PAC-Bayes bound of a map from source classes to labels, Dirichlet prior, negative. Ding et al., ECCV 2022. */
  | "PACTRAN_DIRICHLET"
  /** PAC-Bayes bound of a map from source classes to labels, Gamma prior, negative. Ding et al., ECCV 2022. */
  | "PACTRAN_GAMMA"
  /** PAC-Bayes bound of a linear classifier on the features, Gaussian prior, negative. Ding et al., ECCV 2022; at the converged minimum. */
  | "PACTRAN_GAUSSIAN"
  /** Rank correlation of the samples' distances in features and in labels. Bolya, Mittapalli and Hoffman, NeurIPS 2021; exact ties. */
  | "PARC"
  /** Probability of the true class under a regularised Fisher discriminant after ConfMix. Shao et al., ECCV 2022. */
  | "SFDA"
  /** Coding rate of all features less that within the classes, classes equal. Huang et al., ICML 2022. */
  | "TRANS_RATE"
  /** Coding rate of all features less that within the classes, classes by size. Huang et al., ICML 2022. */
  | "TRANS_RATE_WEIGHTED";

/** Changes to a webhook; what is absent stays. */
export type UpdateWebhookInput = {
  /** Whether to tell it at all. What waits for it then waits until it is enabled. */
  enabled?: boolean | null | undefined;
  /** What to tell it of; at least one. */
  events?: Array<WebhookEvent> | null | undefined;
  /** The webhook. */
  webhookId: string;
};

/** Conditions that a delivery must meet, all of them. */
export type WebhookDeliveryFilter = {
  /** Meets all of these. */
  and?: Array<WebhookDeliveryFilter> | null | undefined;
  /** When it happened. */
  createdAt?: TimeRange | null | undefined;
  /** Tells of one of these. */
  event?: Array<WebhookEvent> | null | undefined;
  /** Does not meet this. */
  not?: WebhookDeliveryFilter | null | undefined;
  /** Meets one of these. */
  or?: Array<WebhookDeliveryFilter> | null | undefined;
  /** Is in one of these states. */
  state?: Array<WebhookDeliveryState> | null | undefined;
};

/** Where a delivery stands. */
export type WebhookDeliveryState =
  /** Given up; see `error`. It can be replayed. */
  | "DEAD"
  /** The receiver accepted it. */
  | "DELIVERED"
  /** Will be tried, for the first time or again. */
  | "PENDING";

/** What webhooks are told of. Receivers see PTM_ALIAS_MOVED as `ptm.alias_moved`, and the others likewise. */
export type WebhookEvent =
  /** Somebody reported a measurement. */
  | "OUTCOME_REPORTED"
  /** A curator checked a measurement. */
  | "OUTCOME_VERIFIED"
  /** A measurement turned out wrong. */
  | "OUTCOME_WITHDRAWN"
  /** Somebody asked whether the receiver listens; comes whether it is wanted or not. */
  | "PING"
  /** A PTM, or a version of one, was added. */
  | "PTM_ADDED"
  /** An alias stands for another version of a PTM, or for its first. */
  | "PTM_ALIAS_MOVED"
  /** A PTM's file could not be used. */
  | "PTM_FAILED"
  /** A PTM takes part in rankings from now on. */
  | "PTM_READY"
  /** A PTM is in no new ranking. */
  | "PTM_RETIRED"
  /** A re-ranking ended: RERANKED, CANCELLED or FAILED. */
  | "RERANK_COMPLETED"
  /** Rankings come from another spider. */
  | "SPIDER_ACTIVATED"
  /** A training failed. */
  | "SPIDER_FAILED"
  /** A training ended in a spider. */
  | "SPIDER_TRAINED"
  /** A task's samples could not be used. */
  | "TASK_FAILED"
  /** A task can be ranked. */
  | "TASK_READY";

export type CreateAccessKeyMutationVariables = Exact<{
  input: CreateAccessKeyInput;
}>;

export type CreateAccessKeyMutation = {
  createAccessKey: {
    secret: string | null;
    accessKey: {
      id: string;
      name: string;
      role: Role;
      prefix: string;
      createdAt: string;
      createdBy: string;
      expiresAt: string | null;
      lastUsedAt: string | null;
      revokedAt: string | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RevokeAccessKeyMutationVariables = Exact<{
  input: RevokeAccessKeyInput;
}>;

export type RevokeAccessKeyMutation = {
  revokeAccessKey: {
    accessKey: {
      id: string;
      name: string;
      role: Role;
      prefix: string;
      createdAt: string;
      createdBy: string;
      expiresAt: string | null;
      lastUsedAt: string | null;
      revokedAt: string | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type AccessKeysQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;

export type AccessKeysQuery = {
  accessKeys: {
    nodes: Array<{
      id: string;
      name: string;
      role: Role;
      prefix: string;
      createdAt: string;
      createdBy: string;
      expiresAt: string | null;
      lastUsedAt: string | null;
      revokedAt: string | null;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type AccessKeyPartsFragment = {
  id: string;
  name: string;
  role: Role;
  prefix: string;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

export type ImportPtmMutationVariables = Exact<{
  input: ImportPtmInput;
}>;

export type ImportPtmMutation = {
  importPtm: {
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type JobUpdatedSubscriptionVariables = Exact<{
  jobId: string;
}>;

export type JobUpdatedSubscription = {
  jobUpdated: {
    id: string;
    kind: JobKind;
    state: JobState;
    progress: number;
    stage: string | null;
    attempts: number;
    errorMessage: string | null;
    ptm: { id: string } | null;
  };
};

export type CancelJobMutationVariables = Exact<{
  input: CancelJobInput;
}>;

export type CancelJobMutation = {
  cancelJob: {
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type JobPartsFragment = {
  id: string;
  kind: JobKind;
  state: JobState;
  progress: number;
  stage: string | null;
  attempts: number;
  errorMessage: string | null;
  ptm: { id: string } | null;
};

export type UserErrorPartsFragment = { code: ErrorCode; message: string; path: Array<string> };

export type ReportOutcomeMutationVariables = Exact<{
  input: ReportOutcomeInput;
}>;

export type ReportOutcomeMutation = {
  reportOutcome: {
    outcome: {
      id: string;
      metric: string;
      protocol: OutcomeProtocol;
      split: string;
      seed: number;
      value: number;
      evidenceUrl: string | null;
      reportedBy: string;
      createdAt: string;
      task: { id: string; name: string; version: number };
      ptm: { id: string; name: string; version: number };
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type ReportOutcomesMutationVariables = Exact<{
  input: ReportOutcomesInput;
}>;

export type ReportOutcomesMutation = {
  reportOutcomes: {
    outcomes: Array<{
      id: string;
      metric: string;
      protocol: OutcomeProtocol;
      split: string;
      seed: number;
      value: number;
      evidenceUrl: string | null;
      reportedBy: string;
      createdAt: string;
      task: { id: string; name: string; version: number };
      ptm: { id: string; name: string; version: number };
    }> | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type OutcomesOfTaskQueryVariables = Exact<{
  taskId: string;
  first: number;
  after?: string | null | undefined;
}>;

export type OutcomesOfTaskQuery = {
  task: {
    outcomes: {
      nodes: Array<{
        id: string;
        metric: string;
        protocol: OutcomeProtocol;
        split: string;
        seed: number;
        value: number;
        evidenceUrl: string | null;
        reportedBy: string;
        createdAt: string;
        task: { id: string; name: string; version: number };
        ptm: { id: string; name: string; version: number };
      }>;
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  } | null;
};

export type OutcomePartsFragment = {
  id: string;
  metric: string;
  protocol: OutcomeProtocol;
  split: string;
  seed: number;
  value: number;
  evidenceUrl: string | null;
  reportedBy: string;
  createdAt: string;
  task: { id: string; name: string; version: number };
  ptm: { id: string; name: string; version: number };
};

export type PoolsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;

export type PoolsQuery = {
  pools: {
    nodes: Array<{
      id: string;
      name: string;
      status: PoolStatus;
      statusReason: string | null;
      taskCount: number;
      metrics: Array<TransferabilityMetric>;
      createdBy: string;
      createdAt: string;
      sources: Array<{ name: string }>;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type CreatePoolMutationVariables = Exact<{
  input: CreatePoolInput;
}>;

export type CreatePoolMutation = {
  createPool: {
    pool: {
      id: string;
      name: string;
      status: PoolStatus;
      statusReason: string | null;
      taskCount: number;
      metrics: Array<TransferabilityMetric>;
      createdBy: string;
      createdAt: string;
      sources: Array<{ name: string }>;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type MeasurePoolMutationVariables = Exact<{
  input: MeasurePoolInput;
}>;

export type MeasurePoolMutation = {
  measurePool: {
    pool: {
      id: string;
      name: string;
      status: PoolStatus;
      statusReason: string | null;
      taskCount: number;
      metrics: Array<TransferabilityMetric>;
      createdBy: string;
      createdAt: string;
      sources: Array<{ name: string }>;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type PoolPartsFragment = {
  id: string;
  name: string;
  status: PoolStatus;
  statusReason: string | null;
  taskCount: number;
  metrics: Array<TransferabilityMetric>;
  createdBy: string;
  createdAt: string;
  sources: Array<{ name: string }>;
};

export type AddPtmMutationVariables = Exact<{
  input: AddPtmInput;
}>;

export type AddPtmMutation = {
  addPtm: {
    ptm: {
      id: string;
      name: string;
      version: number;
      status: PtmStatus;
      statusReason: string | null;
      architecture: string | null;
      license: string | null;
      tags: Array<string>;
      parameterCount: number;
      sizeBytes: number;
      macs: number | null;
      featureWidth: number | null;
      createdBy: string;
      createdAt: string;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    warnings: Array<{ message: string }>;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type PtmByIdQueryVariables = Exact<{
  id: string;
}>;

export type PtmByIdQuery = {
  ptm: {
    card: string | null;
    macsReason: string | null;
    id: string;
    name: string;
    version: number;
    status: PtmStatus;
    statusReason: string | null;
    architecture: string | null;
    license: string | null;
    tags: Array<string>;
    parameterCount: number;
    sizeBytes: number;
    macs: number | null;
    featureWidth: number | null;
    createdBy: string;
    createdAt: string;
    nearDuplicates: Array<{
      similarity: number;
      reason: DuplicateReason;
      ptm: { name: string; version: number };
    }>;
    similarPtms: Array<{ similarity: number; ptm: { name: string; version: number } }>;
    latency: {
      milliseconds: number;
      batchSize: number;
      provider: string;
      threads: number;
      machine: string;
    } | null;
    signature: {
      input: string;
      layout: ImageLayout;
      height: number;
      width: number;
      low: number;
      high: number;
      mean: Array<number>;
      std: Array<number>;
      features: string;
      probabilities: string | null;
    };
    artifact: { sha256: string };
    outcomes: {
      nodes: Array<{
        id: string;
        metric: string;
        protocol: OutcomeProtocol;
        split: string;
        seed: number;
        value: number;
        evidenceUrl: string | null;
        reportedBy: string;
        createdAt: string;
        task: { id: string; name: string; version: number };
        ptm: { id: string; name: string; version: number };
      }>;
    };
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
  } | null;
};

export type PtmsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: PtmFilter | null | undefined;
  orderBy?: PtmOrder;
}>;

export type PtmsQuery = {
  ptms: {
    nodes: Array<{
      id: string;
      name: string;
      version: number;
      status: PtmStatus;
      statusReason: string | null;
      architecture: string | null;
      license: string | null;
      tags: Array<string>;
      parameterCount: number;
      sizeBytes: number;
      macs: number | null;
      featureWidth: number | null;
      createdBy: string;
      createdAt: string;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type PtmPartsFragment = {
  id: string;
  name: string;
  version: number;
  status: PtmStatus;
  statusReason: string | null;
  architecture: string | null;
  license: string | null;
  tags: Array<string>;
  parameterCount: number;
  sizeBytes: number;
  macs: number | null;
  featureWidth: number | null;
  createdBy: string;
  createdAt: string;
  job: {
    id: string;
    kind: JobKind;
    state: JobState;
    progress: number;
    stage: string | null;
    attempts: number;
    errorMessage: string | null;
    ptm: { id: string } | null;
  } | null;
};

export type SignaturePartsFragment = {
  input: string;
  layout: ImageLayout;
  height: number;
  width: number;
  low: number;
  high: number;
  mean: Array<number>;
  std: Array<number>;
  features: string;
  probabilities: string | null;
};

export type RetirePtmMutationVariables = Exact<{
  input: RetirePtmInput;
}>;

export type RetirePtmMutation = {
  retirePtm: {
    ptm: {
      id: string;
      name: string;
      version: number;
      status: PtmStatus;
      statusReason: string | null;
      architecture: string | null;
      license: string | null;
      tags: Array<string>;
      parameterCount: number;
      sizeBytes: number;
      macs: number | null;
      featureWidth: number | null;
      createdBy: string;
      createdAt: string;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RankQueryVariables = Exact<{
  taskId: string;
  topK?: number;
  filter?: PtmFilter | null | undefined;
  spider?: string | null | undefined;
}>;

export type RankQuery = {
  rank: {
    id: string;
    stage: RankingStage;
    zooSize: number;
    asOf: string;
    receipt: string;
    failure: string | null;
    task: { id: string; name: string; version: number };
    spider: { id: string; version: number };
    entries: Array<{
      rank: number;
      fitness: number;
      coarseRank: number;
      staticRank: number | null;
      reranked: boolean;
      failure: string | null;
      ptm: {
        id: string;
        name: string;
        version: number;
        architecture: string | null;
        license: string | null;
        parameterCount: number;
        macs: number | null;
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
      mergePolicy: MergePolicy | null;
      seconds: number;
      outcomeCount: number;
      spider: { weightedTau: number | null; regretAt1: number } | null;
      static: { weightedTau: number | null; regretAt1: number } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
  };
};

export type RankingByIdQueryVariables = Exact<{
  id: string;
}>;

export type RankingByIdQuery = {
  ranking: {
    id: string;
    stage: RankingStage;
    zooSize: number;
    asOf: string;
    receipt: string;
    failure: string | null;
    task: { id: string; name: string; version: number };
    spider: { id: string; version: number };
    entries: Array<{
      rank: number;
      fitness: number;
      coarseRank: number;
      staticRank: number | null;
      reranked: boolean;
      failure: string | null;
      ptm: {
        id: string;
        name: string;
        version: number;
        architecture: string | null;
        license: string | null;
        parameterCount: number;
        macs: number | null;
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
      mergePolicy: MergePolicy | null;
      seconds: number;
      outcomeCount: number;
      spider: { weightedTau: number | null; regretAt1: number } | null;
      static: { weightedTau: number | null; regretAt1: number } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
  } | null;
};

export type RerankMutationVariables = Exact<{
  input: RerankInput;
}>;

export type RerankMutation = {
  rerank: {
    ranking: {
      id: string;
      stage: RankingStage;
      zooSize: number;
      asOf: string;
      receipt: string;
      failure: string | null;
      task: { id: string; name: string; version: number };
      spider: { id: string; version: number };
      entries: Array<{
        rank: number;
        fitness: number;
        coarseRank: number;
        staticRank: number | null;
        reranked: boolean;
        failure: string | null;
        ptm: {
          id: string;
          name: string;
          version: number;
          architecture: string | null;
          license: string | null;
          parameterCount: number;
          macs: number | null;
          sizeBytes: number;
        };
        outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
      }>;
      evidence: {
        forwardPasses: number;
        runsReused: number;
        mergePolicy: MergePolicy | null;
        seconds: number;
        outcomeCount: number;
        spider: { weightedTau: number | null; regretAt1: number } | null;
        static: { weightedTau: number | null; regretAt1: number } | null;
      } | null;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RankingUpdatedSubscriptionVariables = Exact<{
  rankingId: string;
}>;

export type RankingUpdatedSubscription = {
  rankingUpdated: {
    id: string;
    stage: RankingStage;
    zooSize: number;
    asOf: string;
    receipt: string;
    failure: string | null;
    task: { id: string; name: string; version: number };
    spider: { id: string; version: number };
    entries: Array<{
      rank: number;
      fitness: number;
      coarseRank: number;
      staticRank: number | null;
      reranked: boolean;
      failure: string | null;
      ptm: {
        id: string;
        name: string;
        version: number;
        architecture: string | null;
        license: string | null;
        parameterCount: number;
        macs: number | null;
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
      mergePolicy: MergePolicy | null;
      seconds: number;
      outcomeCount: number;
      spider: { weightedTau: number | null; regretAt1: number } | null;
      static: { weightedTau: number | null; regretAt1: number } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
  };
};

export type KeepRankingMutationVariables = Exact<{
  input: KeepRankingInput;
}>;

export type KeepRankingMutation = {
  keepRanking: {
    ranking: {
      id: string;
      stage: RankingStage;
      zooSize: number;
      asOf: string;
      receipt: string;
      failure: string | null;
      task: { id: string; name: string; version: number };
      spider: { id: string; version: number };
      entries: Array<{
        rank: number;
        fitness: number;
        coarseRank: number;
        staticRank: number | null;
        reranked: boolean;
        failure: string | null;
        ptm: {
          id: string;
          name: string;
          version: number;
          architecture: string | null;
          license: string | null;
          parameterCount: number;
          macs: number | null;
          sizeBytes: number;
        };
        outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
      }>;
      evidence: {
        forwardPasses: number;
        runsReused: number;
        mergePolicy: MergePolicy | null;
        seconds: number;
        outcomeCount: number;
        spider: { weightedTau: number | null; regretAt1: number } | null;
        static: { weightedTau: number | null; regretAt1: number } | null;
      } | null;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RankingPartsFragment = {
  id: string;
  stage: RankingStage;
  zooSize: number;
  asOf: string;
  receipt: string;
  failure: string | null;
  task: { id: string; name: string; version: number };
  spider: { id: string; version: number };
  entries: Array<{
    rank: number;
    fitness: number;
    coarseRank: number;
    staticRank: number | null;
    reranked: boolean;
    failure: string | null;
    ptm: {
      id: string;
      name: string;
      version: number;
      architecture: string | null;
      license: string | null;
      parameterCount: number;
      macs: number | null;
      sizeBytes: number;
    };
    outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
  }>;
  evidence: {
    forwardPasses: number;
    runsReused: number;
    mergePolicy: MergePolicy | null;
    seconds: number;
    outcomeCount: number;
    spider: { weightedTau: number | null; regretAt1: number } | null;
    static: { weightedTau: number | null; regretAt1: number } | null;
  } | null;
  job: {
    id: string;
    kind: JobKind;
    state: JobState;
    progress: number;
    stage: string | null;
    attempts: number;
    errorMessage: string | null;
    ptm: { id: string } | null;
  } | null;
};

export type QualityPartsFragment = { weightedTau: number | null; regretAt1: number };

export type SpiderByIdQueryVariables = Exact<{
  id?: string | null | undefined;
}>;

export type SpiderByIdQuery = {
  spider: {
    id: string;
    version: number;
    status: SpiderStatus;
    statusReason: string | null;
    active: boolean;
    width: number;
    zooSize: number;
    encoderSha256: string;
    encoderWidth: number;
    snapshotSha256: string | null;
    createdAt: string;
    encoderSignature: {
      input: string;
      layout: ImageLayout;
      height: number;
      width: number;
      low: number;
      high: number;
      mean: Array<number>;
      std: Array<number>;
      features: string;
      probabilities: string | null;
    };
  } | null;
};

export type SpidersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;

export type SpidersQuery = {
  spiders: {
    nodes: Array<{
      id: string;
      version: number;
      status: SpiderStatus;
      statusReason: string | null;
      active: boolean;
      width: number;
      zooSize: number;
      encoderSha256: string;
      encoderWidth: number;
      snapshotSha256: string | null;
      createdAt: string;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type SpiderEvaluationQueryVariables = Exact<{
  id?: string | null | undefined;
}>;

export type SpiderEvaluationQuery = {
  spider: {
    id: string;
    version: number;
    status: SpiderStatus;
    statusReason: string | null;
    active: boolean;
    width: number;
    zooSize: number;
    encoderSha256: string;
    encoderWidth: number;
    snapshotSha256: string | null;
    createdAt: string;
    curve: Array<{ epoch: number; loss: number; validationTau: number | null }>;
    trainedOn: {
      createdBy: string;
      ptmCount: number;
      recipe: string;
      pool: { name: string; sources: Array<{ task: { id: string } | null }> };
    } | null;
    evaluation: {
      claimedBy: string | null;
      validationTau: number | null;
      rerankTopK: number | null;
      mergePolicy: MergePolicy | null;
      rankers: Array<{
        ranker: string;
        taskCount: number;
        forwardPasses: number | null;
        tauW: { mean: number; low: number; high: number } | null;
        regret1: { mean: number } | null;
      }>;
    } | null;
  } | null;
};

export type SpiderPartsFragment = {
  id: string;
  version: number;
  status: SpiderStatus;
  statusReason: string | null;
  active: boolean;
  width: number;
  zooSize: number;
  encoderSha256: string;
  encoderWidth: number;
  snapshotSha256: string | null;
  createdAt: string;
};

export type TrainSpiderMutationVariables = Exact<{
  input: TrainSpiderInput;
}>;

export type TrainSpiderMutation = {
  trainSpider: {
    spider: {
      id: string;
      version: number;
      status: SpiderStatus;
      statusReason: string | null;
      active: boolean;
      width: number;
      zooSize: number;
      encoderSha256: string;
      encoderWidth: number;
      snapshotSha256: string | null;
      createdAt: string;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type ActivateSpiderMutationVariables = Exact<{
  input: ActivateSpiderInput;
}>;

export type ActivateSpiderMutation = {
  activateSpider: {
    spider: {
      id: string;
      version: number;
      status: SpiderStatus;
      statusReason: string | null;
      active: boolean;
      width: number;
      zooSize: number;
      encoderSha256: string;
      encoderWidth: number;
      snapshotSha256: string | null;
      createdAt: string;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type AddTaskMutationVariables = Exact<{
  input: AddTaskInput;
}>;

export type AddTaskMutation = {
  addTask: {
    task: {
      id: string;
      name: string;
      version: number;
      status: TaskStatus;
      statusReason: string | null;
      classes: Array<string>;
      sampleCount: number;
      createdBy: string;
      createdAt: string;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    } | null;
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type TaskByIdQueryVariables = Exact<{
  id: string;
}>;

export type TaskByIdQuery = {
  task: {
    id: string;
    name: string;
    version: number;
    status: TaskStatus;
    statusReason: string | null;
    classes: Array<string>;
    sampleCount: number;
    createdBy: string;
    createdAt: string;
    token: { digest: string; width: number; classCount: number } | null;
    similarTasks: Array<{ distance: number; task: { name: string; version: number } }>;
    outcomes: {
      nodes: Array<{
        id: string;
        metric: string;
        protocol: OutcomeProtocol;
        split: string;
        seed: number;
        value: number;
        evidenceUrl: string | null;
        reportedBy: string;
        createdAt: string;
        task: { id: string; name: string; version: number };
        ptm: { id: string; name: string; version: number };
      }>;
    };
    job: {
      id: string;
      kind: JobKind;
      state: JobState;
      progress: number;
      stage: string | null;
      attempts: number;
      errorMessage: string | null;
      ptm: { id: string } | null;
    } | null;
  } | null;
};

export type TasksQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: TaskFilter | null | undefined;
  orderBy?: TaskOrder;
}>;

export type TasksQuery = {
  tasks: {
    nodes: Array<{
      id: string;
      name: string;
      version: number;
      status: TaskStatus;
      statusReason: string | null;
      classes: Array<string>;
      sampleCount: number;
      createdBy: string;
      createdAt: string;
      job: {
        id: string;
        kind: JobKind;
        state: JobState;
        progress: number;
        stage: string | null;
        attempts: number;
        errorMessage: string | null;
        ptm: { id: string } | null;
      } | null;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type TaskPartsFragment = {
  id: string;
  name: string;
  version: number;
  status: TaskStatus;
  statusReason: string | null;
  classes: Array<string>;
  sampleCount: number;
  createdBy: string;
  createdAt: string;
  job: {
    id: string;
    kind: JobKind;
    state: JobState;
    progress: number;
    stage: string | null;
    attempts: number;
    errorMessage: string | null;
    ptm: { id: string } | null;
  } | null;
};

export type AddWebhookMutationVariables = Exact<{
  input: AddWebhookInput;
}>;

export type AddWebhookMutation = {
  addWebhook: {
    secret: string | null;
    webhook: {
      id: string;
      url: string;
      events: Array<WebhookEvent>;
      enabled: boolean;
      disabledReason: string | null;
      previousSecretUntil: string | null;
      createdBy: string;
      createdAt: string;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type UpdateWebhookMutationVariables = Exact<{
  input: UpdateWebhookInput;
}>;

export type UpdateWebhookMutation = {
  updateWebhook: {
    webhook: {
      id: string;
      url: string;
      events: Array<WebhookEvent>;
      enabled: boolean;
      disabledReason: string | null;
      previousSecretUntil: string | null;
      createdBy: string;
      createdAt: string;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RemoveWebhookMutationVariables = Exact<{
  input: RemoveWebhookInput;
}>;

export type RemoveWebhookMutation = {
  removeWebhook: {
    webhook: {
      id: string;
      url: string;
      events: Array<WebhookEvent>;
      enabled: boolean;
      disabledReason: string | null;
      previousSecretUntil: string | null;
      createdBy: string;
      createdAt: string;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type RotateWebhookSecretMutationVariables = Exact<{
  input: RotateWebhookSecretInput;
}>;

export type RotateWebhookSecretMutation = {
  rotateWebhookSecret: {
    secret: string | null;
    webhook: {
      id: string;
      url: string;
      events: Array<WebhookEvent>;
      enabled: boolean;
      disabledReason: string | null;
      previousSecretUntil: string | null;
      createdBy: string;
      createdAt: string;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type PingWebhookMutationVariables = Exact<{
  input: PingWebhookInput;
}>;

export type PingWebhookMutation = {
  pingWebhook: {
    delivery: {
      id: string;
      messageId: string;
      event: WebhookEvent;
      body: string;
      state: WebhookDeliveryState;
      attempts: number;
      status: number | null;
      error: string | null;
      attemptedAt: string | null;
      nextAttemptAt: string | null;
      createdAt: string;
      webhook: { url: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type ReplayWebhookDeliveryMutationVariables = Exact<{
  input: ReplayWebhookDeliveryInput;
}>;

export type ReplayWebhookDeliveryMutation = {
  replayWebhookDelivery: {
    delivery: {
      id: string;
      messageId: string;
      event: WebhookEvent;
      body: string;
      state: WebhookDeliveryState;
      attempts: number;
      status: number | null;
      error: string | null;
      attemptedAt: string | null;
      nextAttemptAt: string | null;
      createdAt: string;
      webhook: { url: string } | null;
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type WebhooksQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;

export type WebhooksQuery = {
  webhooks: {
    nodes: Array<{
      id: string;
      url: string;
      events: Array<WebhookEvent>;
      enabled: boolean;
      disabledReason: string | null;
      previousSecretUntil: string | null;
      createdBy: string;
      createdAt: string;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type WebhookDeliveriesQueryVariables = Exact<{
  webhookId?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
  filter?: WebhookDeliveryFilter | null | undefined;
}>;

export type WebhookDeliveriesQuery = {
  webhookDeliveries: {
    nodes: Array<{
      id: string;
      messageId: string;
      event: WebhookEvent;
      body: string;
      state: WebhookDeliveryState;
      attempts: number;
      status: number | null;
      error: string | null;
      attemptedAt: string | null;
      nextAttemptAt: string | null;
      createdAt: string;
      webhook: { url: string } | null;
    }>;
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
};

export type WebhookPartsFragment = {
  id: string;
  url: string;
  events: Array<WebhookEvent>;
  enabled: boolean;
  disabledReason: string | null;
  previousSecretUntil: string | null;
  createdBy: string;
  createdAt: string;
};

export type WebhookDeliveryPartsFragment = {
  id: string;
  messageId: string;
  event: WebhookEvent;
  body: string;
  state: WebhookDeliveryState;
  attempts: number;
  status: number | null;
  error: string | null;
  attemptedAt: string | null;
  nextAttemptAt: string | null;
  createdAt: string;
  webhook: { url: string } | null;
};

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>["__apiType"]>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AccessKeyPartsFragmentDoc = new TypedDocumentString(
  `
    fragment AccessKeyParts on AccessKey {
  id
  name
  role
  prefix
  createdAt
  createdBy
  expiresAt
  lastUsedAt
  revokedAt
}
    `,
  { fragmentName: "AccessKeyParts" },
) as unknown as TypedDocumentString<AccessKeyPartsFragment, unknown>;
export const UserErrorPartsFragmentDoc = new TypedDocumentString(
  `
    fragment UserErrorParts on UserError {
  code
  message
  path
}
    `,
  { fragmentName: "UserErrorParts" },
) as unknown as TypedDocumentString<UserErrorPartsFragment, unknown>;
export const OutcomePartsFragmentDoc = new TypedDocumentString(
  `
    fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}
    `,
  { fragmentName: "OutcomeParts" },
) as unknown as TypedDocumentString<OutcomePartsFragment, unknown>;
export const PoolPartsFragmentDoc = new TypedDocumentString(
  `
    fragment PoolParts on Pool {
  id
  name
  status
  statusReason
  taskCount
  metrics
  createdBy
  createdAt
  sources {
    name
  }
}
    `,
  { fragmentName: "PoolParts" },
) as unknown as TypedDocumentString<PoolPartsFragment, unknown>;
export const JobPartsFragmentDoc = new TypedDocumentString(
  `
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
    `,
  { fragmentName: "JobParts" },
) as unknown as TypedDocumentString<JobPartsFragment, unknown>;
export const PtmPartsFragmentDoc = new TypedDocumentString(
  `
    fragment PtmParts on Ptm {
  id
  name
  version
  status
  statusReason
  architecture
  license
  tags
  parameterCount
  sizeBytes
  macs
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}`,
  { fragmentName: "PtmParts" },
) as unknown as TypedDocumentString<PtmPartsFragment, unknown>;
export const SignaturePartsFragmentDoc = new TypedDocumentString(
  `
    fragment SignatureParts on PtmSignature {
  input
  layout
  height
  width
  low
  high
  mean
  std
  features
  probabilities
}
    `,
  { fragmentName: "SignatureParts" },
) as unknown as TypedDocumentString<SignaturePartsFragment, unknown>;
export const QualityPartsFragmentDoc = new TypedDocumentString(
  `
    fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}
    `,
  { fragmentName: "QualityParts" },
) as unknown as TypedDocumentString<QualityPartsFragment, unknown>;
export const RankingPartsFragmentDoc = new TypedDocumentString(
  `
    fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { fragmentName: "RankingParts" },
) as unknown as TypedDocumentString<RankingPartsFragment, unknown>;
export const SpiderPartsFragmentDoc = new TypedDocumentString(
  `
    fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}
    `,
  { fragmentName: "SpiderParts" },
) as unknown as TypedDocumentString<SpiderPartsFragment, unknown>;
export const TaskPartsFragmentDoc = new TypedDocumentString(
  `
    fragment TaskParts on Task {
  id
  name
  version
  status
  statusReason
  classes
  sampleCount
  createdBy
  createdAt
  job {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}`,
  { fragmentName: "TaskParts" },
) as unknown as TypedDocumentString<TaskPartsFragment, unknown>;
export const WebhookPartsFragmentDoc = new TypedDocumentString(
  `
    fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}
    `,
  { fragmentName: "WebhookParts" },
) as unknown as TypedDocumentString<WebhookPartsFragment, unknown>;
export const WebhookDeliveryPartsFragmentDoc = new TypedDocumentString(
  `
    fragment WebhookDeliveryParts on WebhookDelivery {
  id
  messageId
  event
  body
  state
  attempts
  status
  error
  attemptedAt
  nextAttemptAt
  createdAt
  webhook {
    url
  }
}
    `,
  { fragmentName: "WebhookDeliveryParts" },
) as unknown as TypedDocumentString<WebhookDeliveryPartsFragment, unknown>;
export const CreateAccessKeyDocument = new TypedDocumentString(
  `
    "The secret is in this answer and nowhere else."
mutation CreateAccessKey($input: CreateAccessKeyInput!) {
  createAccessKey(input: $input) {
    accessKey {
      ...AccessKeyParts
    }
    secret
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment AccessKeyParts on AccessKey {
  id
  name
  role
  prefix
  createdAt
  createdBy
  expiresAt
  lastUsedAt
  revokedAt
}
fragment UserErrorParts on UserError {
  code
  message
  path
}`,
  { hash: "sha256:197c2ded45c4415e83ac32a9b3ab9aaa4a4d86d9f0ada02bb5a8b421e8a6350d" },
) as unknown as TypedDocumentString<CreateAccessKeyMutation, CreateAccessKeyMutationVariables>;
export const RevokeAccessKeyDocument = new TypedDocumentString(
  `
    mutation RevokeAccessKey($input: RevokeAccessKeyInput!) {
  revokeAccessKey(input: $input) {
    accessKey {
      ...AccessKeyParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment AccessKeyParts on AccessKey {
  id
  name
  role
  prefix
  createdAt
  createdBy
  expiresAt
  lastUsedAt
  revokedAt
}
fragment UserErrorParts on UserError {
  code
  message
  path
}`,
  { hash: "sha256:24c87f6209224e60c3c870ab77758359306f00cc25de54fd90986b34325e63ad" },
) as unknown as TypedDocumentString<RevokeAccessKeyMutation, RevokeAccessKeyMutationVariables>;
export const AccessKeysDocument = new TypedDocumentString(
  `
    query AccessKeys($first: Int!, $after: String) {
  accessKeys(first: $first, after: $after) {
    nodes {
      ...AccessKeyParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment AccessKeyParts on AccessKey {
  id
  name
  role
  prefix
  createdAt
  createdBy
  expiresAt
  lastUsedAt
  revokedAt
}`,
  { hash: "sha256:de6fd03b2047481f6ffc25c334dc7282c6cc9a724a36b588cdf6e309a005afc8" },
) as unknown as TypedDocumentString<AccessKeysQuery, AccessKeysQueryVariables>;
export const ImportPtmDocument = new TypedDocumentString(
  `
    "From the Hugging Face Hub or an MLflow registry; the server's operator allows hosts."
mutation ImportPtm($input: ImportPtmInput!) {
  importPtm(input: $input) {
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}`,
  { hash: "sha256:4498cb8b09df40c3a8ecab9895b273cbab80ee71836c11f30277e676189b87a2" },
) as unknown as TypedDocumentString<ImportPtmMutation, ImportPtmMutationVariables>;
export const JobUpdatedDocument = new TypedDocumentString(
  `
    "The job as it is now, then after every change until it is over."
subscription JobUpdated($jobId: ID!) {
  jobUpdated(jobId: $jobId) {
    ...JobParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}`,
  { hash: "sha256:31e5a8a34f550e64edbf7ba2f9e01e53605e3625f2bab9bd4d0f45021288a61e" },
) as unknown as TypedDocumentString<JobUpdatedSubscription, JobUpdatedSubscriptionVariables>;
export const CancelJobDocument = new TypedDocumentString(
  `
    mutation CancelJob($input: CancelJobInput!) {
  cancelJob(input: $input) {
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}`,
  { hash: "sha256:275e875189fc17d78341217ac7a5b13763ceaad378848b58f91da6c84d5a063f" },
) as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;
export const ReportOutcomeDocument = new TypedDocumentString(
  `
    mutation ReportOutcome($input: ReportOutcomeInput!) {
  reportOutcome(input: $input) {
    outcome {
      ...OutcomeParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}`,
  { hash: "sha256:272edcdd2eff249a1d32236f319e52bc2395313ef38fb9879d0fa26b343318c6" },
) as unknown as TypedDocumentString<ReportOutcomeMutation, ReportOutcomeMutationVariables>;
export const ReportOutcomesDocument = new TypedDocumentString(
  `
    "All of them, or none where one is refused; at most a thousand."
mutation ReportOutcomes($input: ReportOutcomesInput!) {
  reportOutcomes(input: $input) {
    outcomes {
      ...OutcomeParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}`,
  { hash: "sha256:6cd00d43a00611410dfee820000e2ccca86c2678af517eefe89c623be26de98e" },
) as unknown as TypedDocumentString<ReportOutcomesMutation, ReportOutcomesMutationVariables>;
export const OutcomesOfTaskDocument = new TypedDocumentString(
  `
    "What was measured on a task, newest first."
query OutcomesOfTask($taskId: ID!, $first: Int!, $after: String) {
  task(id: $taskId) {
    outcomes(first: $first, after: $after) {
      nodes {
        ...OutcomeParts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}`,
  { hash: "sha256:3b5e4f8ed09a98e1628b2e12003a6b04ebca0bbca449bf745e789169e5c80b4d" },
) as unknown as TypedDocumentString<OutcomesOfTaskQuery, OutcomesOfTaskQueryVariables>;
export const PoolsDocument = new TypedDocumentString(
  `
    query Pools($first: Int!, $after: String) {
  pools(first: $first, after: $after) {
    nodes {
      ...PoolParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment PoolParts on Pool {
  id
  name
  status
  statusReason
  taskCount
  metrics
  createdBy
  createdAt
  sources {
    name
  }
}`,
  { hash: "sha256:2e55024ebf0972e34ef6da0c6ec177821b2f101aa316309a58903df847b832b9" },
) as unknown as TypedDocumentString<PoolsQuery, PoolsQueryVariables>;
export const CreatePoolDocument = new TypedDocumentString(
  `
    "Networks are run on the tasks' samples: follow the job."
mutation CreatePool($input: CreatePoolInput!) {
  createPool(input: $input) {
    pool {
      ...PoolParts
    }
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment PoolParts on Pool {
  id
  name
  status
  statusReason
  taskCount
  metrics
  createdBy
  createdAt
  sources {
    name
  }
}`,
  { hash: "sha256:35fa0560f446ad286ad90484cb4bc73731b9a5811b47ce9e288c36d61e4d3545" },
) as unknown as TypedDocumentString<CreatePoolMutation, CreatePoolMutationVariables>;
export const MeasurePoolDocument = new TypedDocumentString(
  `
    "Measures the PTMs that came since, or goes on where a measuring ended early."
mutation MeasurePool($input: MeasurePoolInput!) {
  measurePool(input: $input) {
    pool {
      ...PoolParts
    }
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment PoolParts on Pool {
  id
  name
  status
  statusReason
  taskCount
  metrics
  createdBy
  createdAt
  sources {
    name
  }
}`,
  { hash: "sha256:33e47d2b1be6c0b9f687e6cb1c3fada50ee77fffd9c9f0b4e07db57a9e71ed1e" },
) as unknown as TypedDocumentString<MeasurePoolMutation, MeasurePoolMutationVariables>;
export const AddPtmDocument = new TypedDocumentString(
  `
    "Upload the ONNX file first."
mutation AddPtm($input: AddPtmInput!) {
  addPtm(input: $input) {
    ptm {
      ...PtmParts
    }
    job {
      ...JobParts
    }
    warnings {
      message
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment PtmParts on Ptm {
  id
  name
  version
  status
  statusReason
  architecture
  license
  tags
  parameterCount
  sizeBytes
  macs
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:0ebdf8ee52e79f80ca4ae0dfcaddf2b6bfe3b7c7fc96ccd02b3281bb24000645" },
) as unknown as TypedDocumentString<AddPtmMutation, AddPtmMutationVariables>;
export const PtmByIdDocument = new TypedDocumentString(
  `
    query PtmById($id: ID!) {
  ptm(id: $id) {
    ...PtmParts
    card
    macsReason
    nearDuplicates(first: 5) {
      similarity
      reason
      ptm {
        name
        version
      }
    }
    similarPtms(first: 5) {
      similarity
      ptm {
        name
        version
      }
    }
    latency {
      milliseconds
      batchSize
      provider
      threads
      machine
    }
    signature {
      ...SignatureParts
    }
    artifact {
      sha256
    }
    outcomes(first: 10) {
      nodes {
        ...OutcomeParts
      }
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}
fragment PtmParts on Ptm {
  id
  name
  version
  status
  statusReason
  architecture
  license
  tags
  parameterCount
  sizeBytes
  macs
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}
fragment SignatureParts on PtmSignature {
  input
  layout
  height
  width
  low
  high
  mean
  std
  features
  probabilities
}`,
  { hash: "sha256:ba5a51526d0e980c6971525e8abe34626efcd3a895b92f5f1a8a5d82a724d482" },
) as unknown as TypedDocumentString<PtmByIdQuery, PtmByIdQueryVariables>;
export const PtmsDocument = new TypedDocumentString(
  `
    query Ptms($first: Int!, $after: String, $filter: PtmFilter, $orderBy: PtmOrder! = NEWEST) {
  ptms(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes {
      ...PtmParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment PtmParts on Ptm {
  id
  name
  version
  status
  statusReason
  architecture
  license
  tags
  parameterCount
  sizeBytes
  macs
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:7ce564f353d5f407755c228afcd275510b1d02eef40da019262fa4368c2db120" },
) as unknown as TypedDocumentString<PtmsQuery, PtmsQueryVariables>;
export const RetirePtmDocument = new TypedDocumentString(
  `
    mutation RetirePtm($input: RetirePtmInput!) {
  retirePtm(input: $input) {
    ptm {
      ...PtmParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment PtmParts on Ptm {
  id
  name
  version
  status
  statusReason
  architecture
  license
  tags
  parameterCount
  sizeBytes
  macs
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:56c1d870487041009516eaab6da000a348d081473058a04337e552d267714bfc" },
) as unknown as TypedDocumentString<RetirePtmMutation, RetirePtmMutationVariables>;
export const RankDocument = new TypedDocumentString(
  `
    "The main job: which PTMs to fine-tune for a task."
query Rank($taskId: ID!, $topK: Int! = 10, $filter: PtmFilter, $spider: ID) {
  rank(taskId: $taskId, topK: $topK, filter: $filter, spider: $spider) {
    ...RankingParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { hash: "sha256:126e82a23db87ee2379de5f7238c1dfaa0305cd67affa4e4484baa4e57fe9a41" },
) as unknown as TypedDocumentString<RankQuery, RankQueryVariables>;
export const RankingByIdDocument = new TypedDocumentString(
  `
    query RankingById($id: ID!) {
  ranking(id: $id) {
    ...RankingParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { hash: "sha256:1bbae3446403b05d8ac3cc72a26b24d337d7bb1f97d08fba216259779fc192be" },
) as unknown as TypedDocumentString<RankingByIdQuery, RankingByIdQueryVariables>;
export const RerankDocument = new TypedDocumentString(
  `
    mutation Rerank($input: RerankInput!) {
  rerank(input: $input) {
    ranking {
      ...RankingParts
    }
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { hash: "sha256:48e57ca486f3deedfd8781933dcdba34c79bf2ea375eb2089965e6b1ad737bc2" },
) as unknown as TypedDocumentString<RerankMutation, RerankMutationVariables>;
export const RankingUpdatedDocument = new TypedDocumentString(
  `
    "The ranking as it is now, then after every PTM that was run."
subscription RankingUpdated($rankingId: ID!) {
  rankingUpdated(rankingId: $rankingId) {
    ...RankingParts
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { hash: "sha256:c309f5b934a28b43ba120284527cf893b3f5d178916263ddcc07edb5a4c4e42f" },
) as unknown as TypedDocumentString<RankingUpdatedSubscription, RankingUpdatedSubscriptionVariables>;
export const KeepRankingDocument = new TypedDocumentString(
  `
    mutation KeepRanking($input: KeepRankingInput!) {
  keepRanking(input: $input) {
    ranking {
      ...RankingParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment RankingParts on Ranking {
  id
  stage
  zooSize
  asOf
  receipt
  failure
  task {
    id
    name
    version
  }
  spider {
    id
    version
  }
  entries {
    rank
    fitness
    coarseRank
    staticRank
    reranked
    failure
    ptm {
      id
      name
      version
      architecture
      license
      parameterCount
      macs
      sizeBytes
    }
    outcome {
      metric
      protocol
      value
      count
    }
  }
  evidence {
    forwardPasses
    runsReused
    mergePolicy
    seconds
    outcomeCount
    spider {
      ...QualityParts
    }
    static {
      ...QualityParts
    }
  }
  job {
    ...JobParts
  }
}
fragment QualityParts on RankingQuality {
  weightedTau
  regretAt1
}`,
  { hash: "sha256:0187886a97c40b7a18ee9bc00ba2f58a1c44e33f1f2642a83c36acdccf46f451" },
) as unknown as TypedDocumentString<KeepRankingMutation, KeepRankingMutationVariables>;
export const SpiderByIdDocument = new TypedDocumentString(
  `
    "Without an id, the active spider."
query SpiderById($id: ID) {
  spider(id: $id) {
    ...SpiderParts
    encoderSignature {
      ...SignatureParts
    }
  }
}
    fragment SignatureParts on PtmSignature {
  input
  layout
  height
  width
  low
  high
  mean
  std
  features
  probabilities
}
fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:bd6a605424d637186d3760905539bfafa9afcdc5e4f92340884a67f905d02748" },
) as unknown as TypedDocumentString<SpiderByIdQuery, SpiderByIdQueryVariables>;
export const SpidersDocument = new TypedDocumentString(
  `
    query Spiders($first: Int!, $after: String) {
  spiders(first: $first, after: $after) {
    nodes {
      ...SpiderParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:082c83772079cf6f063ec9e173d3d1b6a4e180b4dd2b7f292a78cdfd81c2c9da" },
) as unknown as TypedDocumentString<SpidersQuery, SpidersQueryVariables>;
export const SpiderEvaluationDocument = new TypedDocumentString(
  `
    "What it learned from and how it did; without an id, the active spider."
query SpiderEvaluation($id: ID) {
  spider(id: $id) {
    ...SpiderParts
    curve {
      epoch
      loss
      validationTau
    }
    trainedOn {
      createdBy
      ptmCount
      recipe
      pool {
        name
        sources {
          task {
            id
          }
        }
      }
    }
    evaluation {
      claimedBy
      validationTau
      rerankTopK
      mergePolicy
      rankers {
        ranker
        taskCount
        forwardPasses
        tauW {
          mean
          low
          high
        }
        regret1 {
          mean
        }
      }
    }
  }
}
    fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:4f95b2b590c20a60633e1771137a0c45ab39240f3f386010198d42e36d2154f0" },
) as unknown as TypedDocumentString<SpiderEvaluationQuery, SpiderEvaluationQueryVariables>;
export const TrainSpiderDocument = new TypedDocumentString(
  `
    mutation TrainSpider($input: TrainSpiderInput!) {
  trainSpider(input: $input) {
    spider {
      ...SpiderParts
    }
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:d527ae110fed9781604da8fd712183c522c3656dd01625781a3c240b1f506792" },
) as unknown as TypedDocumentString<TrainSpiderMutation, TrainSpiderMutationVariables>;
export const ActivateSpiderDocument = new TypedDocumentString(
  `
    mutation ActivateSpider($input: ActivateSpiderInput!) {
  activateSpider(input: $input) {
    spider {
      ...SpiderParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment SpiderParts on Spider {
  id
  version
  status
  statusReason
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:f1e320a2d44e3184ead3cf28a1b51bb61791097d8fd8ea7109264ce7e8edd21a" },
) as unknown as TypedDocumentString<ActivateSpiderMutation, ActivateSpiderMutationVariables>;
export const AddTaskDocument = new TypedDocumentString(
  `
    "Upload the archive first, or send class centres alone."
mutation AddTask($input: AddTaskInput!) {
  addTask(input: $input) {
    task {
      ...TaskParts
    }
    job {
      ...JobParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment TaskParts on Task {
  id
  name
  version
  status
  statusReason
  classes
  sampleCount
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:75d98444501883a358e23001ad7a8310b471e51c17d74f6b87e461fe9484556b" },
) as unknown as TypedDocumentString<AddTaskMutation, AddTaskMutationVariables>;
export const TaskByIdDocument = new TypedDocumentString(
  `
    query TaskById($id: ID!) {
  task(id: $id) {
    ...TaskParts
    token {
      digest
      width
      classCount
    }
    similarTasks(first: 5) {
      distance
      task {
        name
        version
      }
    }
    outcomes(first: 10) {
      nodes {
        ...OutcomeParts
      }
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment OutcomeParts on Outcome {
  id
  metric
  protocol
  split
  seed
  value
  evidenceUrl
  reportedBy
  createdAt
  task {
    id
    name
    version
  }
  ptm {
    id
    name
    version
  }
}
fragment TaskParts on Task {
  id
  name
  version
  status
  statusReason
  classes
  sampleCount
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:e22332f17d92cc0b827824971f90dd3452f6713c12e2716ff72432ad4c0fbf75" },
) as unknown as TypedDocumentString<TaskByIdQuery, TaskByIdQueryVariables>;
export const TasksDocument = new TypedDocumentString(
  `
    query Tasks($first: Int!, $after: String, $filter: TaskFilter, $orderBy: TaskOrder! = NEWEST) {
  tasks(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes {
      ...TaskParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment JobParts on Job {
  id
  kind
  state
  progress
  stage
  attempts
  errorMessage
  ptm {
    id
  }
}
fragment TaskParts on Task {
  id
  name
  version
  status
  statusReason
  classes
  sampleCount
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:d1f87aa138ed4aecb0c83eddbb4929742fc212271ded667f251789cb9d334977" },
) as unknown as TypedDocumentString<TasksQuery, TasksQueryVariables>;
export const AddWebhookDocument = new TypedDocumentString(
  `
    "The secret is in this answer and nowhere else."
mutation AddWebhook($input: AddWebhookInput!) {
  addWebhook(input: $input) {
    webhook {
      ...WebhookParts
    }
    secret
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}`,
  { hash: "sha256:988a7e163902ee18b97ef5d74bcd2f10b1ca431e6e27a7f0239e2d46854dd925" },
) as unknown as TypedDocumentString<AddWebhookMutation, AddWebhookMutationVariables>;
export const UpdateWebhookDocument = new TypedDocumentString(
  `
    mutation UpdateWebhook($input: UpdateWebhookInput!) {
  updateWebhook(input: $input) {
    webhook {
      ...WebhookParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}`,
  { hash: "sha256:2ae1806c9a7dbdc91e959574dd05e1d4c9126722c12217bbc2714aaa50fe0369" },
) as unknown as TypedDocumentString<UpdateWebhookMutation, UpdateWebhookMutationVariables>;
export const RemoveWebhookDocument = new TypedDocumentString(
  `
    mutation RemoveWebhook($input: RemoveWebhookInput!) {
  removeWebhook(input: $input) {
    webhook {
      ...WebhookParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}`,
  { hash: "sha256:fde3342be0e2bc0d98bb8e86e954422f8ab299be970b0987629d254a0d4d361e" },
) as unknown as TypedDocumentString<RemoveWebhookMutation, RemoveWebhookMutationVariables>;
export const RotateWebhookSecretDocument = new TypedDocumentString(
  `
    "The secret is in this answer and nowhere else."
mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) {
    webhook {
      ...WebhookParts
    }
    secret
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}`,
  { hash: "sha256:20131e4376d6457e93d86e0b654ebbb3f2a76a86226b43917918b895ef2fb79c" },
) as unknown as TypedDocumentString<RotateWebhookSecretMutation, RotateWebhookSecretMutationVariables>;
export const PingWebhookDocument = new TypedDocumentString(
  `
    mutation PingWebhook($input: PingWebhookInput!) {
  pingWebhook(input: $input) {
    delivery {
      ...WebhookDeliveryParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookDeliveryParts on WebhookDelivery {
  id
  messageId
  event
  body
  state
  attempts
  status
  error
  attemptedAt
  nextAttemptAt
  createdAt
  webhook {
    url
  }
}`,
  { hash: "sha256:0983b840ccfe2a2801084813569a480a07c8c9b63ab083c43caa3e2288200c90" },
) as unknown as TypedDocumentString<PingWebhookMutation, PingWebhookMutationVariables>;
export const ReplayWebhookDeliveryDocument = new TypedDocumentString(
  `
    mutation ReplayWebhookDelivery($input: ReplayWebhookDeliveryInput!) {
  replayWebhookDelivery(input: $input) {
    delivery {
      ...WebhookDeliveryParts
    }
    userErrors {
      ...UserErrorParts
    }
  }
}
    fragment UserErrorParts on UserError {
  code
  message
  path
}
fragment WebhookDeliveryParts on WebhookDelivery {
  id
  messageId
  event
  body
  state
  attempts
  status
  error
  attemptedAt
  nextAttemptAt
  createdAt
  webhook {
    url
  }
}`,
  { hash: "sha256:a5919085c2985209fd73e2b8c05c9f9627d9c88a1bb01ae286d5e8ba452d9d0b" },
) as unknown as TypedDocumentString<ReplayWebhookDeliveryMutation, ReplayWebhookDeliveryMutationVariables>;
export const WebhooksDocument = new TypedDocumentString(
  `
    query Webhooks($first: Int!, $after: String) {
  webhooks(first: $first, after: $after) {
    nodes {
      ...WebhookParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment WebhookParts on Webhook {
  id
  url
  events
  enabled
  disabledReason
  previousSecretUntil
  createdBy
  createdAt
}`,
  { hash: "sha256:f093d5e83e7e8a0f87ed5daf14144947d4aa561d6986dbf9d19aaa579bfc1bcf" },
) as unknown as TypedDocumentString<WebhooksQuery, WebhooksQueryVariables>;
export const WebhookDeliveriesDocument = new TypedDocumentString(
  `
    query WebhookDeliveries($webhookId: ID, $first: Int!, $after: String, $filter: WebhookDeliveryFilter) {
  webhookDeliveries(
    webhookId: $webhookId
    first: $first
    after: $after
    filter: $filter
  ) {
    nodes {
      ...WebhookDeliveryParts
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment WebhookDeliveryParts on WebhookDelivery {
  id
  messageId
  event
  body
  state
  attempts
  status
  error
  attemptedAt
  nextAttemptAt
  createdAt
  webhook {
    url
  }
}`,
  { hash: "sha256:09c8392ef3a6fa8190f31d431db85e03bdddedc6342566f495ad09895567b792" },
) as unknown as TypedDocumentString<WebhookDeliveriesQuery, WebhookDeliveriesQueryVariables>;
