/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> =
  T | { [P in keyof T]?: P extends " $fragmentName" | "__typename" ? T[P] : never };
import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
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
  /** 1 to 200 visible characters. */
  name: string;
  /** Whether other data under a name that exists shall become its next version. */
  newVersion?: boolean;
};

/** A job to stop. */
export type CancelJobInput = {
  /** A RERANK, RUN_PTM, TRAIN or MEASURE_POOL job. */
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
  /** No valid access key came with the request. */
  | "UNAUTHENTICATED"
  /** Something is down for the moment; try again. */
  | "UNAVAILABLE";

/** The order of an image tensor's axes: N images, C channels, H height, W width. */
export type ImageLayout =
  /** Channels first. */
  | "NCHW"
  /** Channels last. */
  | "NHWC";

/** What a job does. */
export type JobKind =
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
  /** Fewest weights first. */
  | "FEWEST_PARAMETERS"
  /** Largest file first. */
  | "LARGEST"
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

/** A measurement of a PTM on a task. */
export type ReportOutcomeInput = {
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
  /** Your own name for this request, 1 to 200 visible ASCII characters: sent again within a day it gives the same ranking. */
  idempotencyKey?: string | null | undefined;
  /** The task; it must have samples. */
  taskId: string;
  /** How many of the best PTMs to run, 1 to 100. */
  topK?: number;
  /** Whether somebody waits for it. A run that two re-rankings share goes with the more urgent one. */
  urgency?: JobUrgency;
};

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
    } | null;
    userErrors: Array<{ code: ErrorCode; message: string; path: Array<string> }>;
  };
};

export type PtmByIdQueryVariables = Exact<{
  id: string;
}>;

export type PtmByIdQuery = {
  ptm: {
    card: string | null;
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
    featureWidth: number | null;
    createdBy: string;
    createdAt: string;
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
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
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
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
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
          sizeBytes: number;
        };
        outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
      }>;
      evidence: {
        forwardPasses: number;
        runsReused: number;
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
        sizeBytes: number;
      };
      outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
    }>;
    evidence: {
      forwardPasses: number;
      runsReused: number;
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
          sizeBytes: number;
        };
        outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
      }>;
      evidence: {
        forwardPasses: number;
        runsReused: number;
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
      sizeBytes: number;
    };
    outcome: { metric: string; protocol: OutcomeProtocol; value: number; count: number } | null;
  }>;
  evidence: {
    forwardPasses: number;
    runsReused: number;
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

export type SpiderPartsFragment = {
  id: string;
  version: number;
  active: boolean;
  width: number;
  zooSize: number;
  encoderSha256: string;
  encoderWidth: number;
  snapshotSha256: string | null;
  createdAt: string;
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
  } | null;
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
}`,
  { fragmentName: "TaskParts" },
) as unknown as TypedDocumentString<TaskPartsFragment, unknown>;
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
}`,
  { hash: "sha256:93c513d82bfb19fbda120c685dd75685f597b60d85e87528422c095378847937" },
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
}
fragment UserErrorParts on UserError {
  code
  message
  path
}`,
  { hash: "sha256:ca64a2fee10c0aeeebff440a12a2c6b42761bea9543a93d26dc0070d1275d918" },
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
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:567875c22a2dcfebb6473d2beb50f55f81e1409e2e90efff3181c5a8707d7acf" },
) as unknown as TypedDocumentString<AddPtmMutation, AddPtmMutationVariables>;
export const PtmByIdDocument = new TypedDocumentString(
  `
    query PtmById($id: ID!) {
  ptm(id: $id) {
    ...PtmParts
    card
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
  { hash: "sha256:4e348284958294f5273c586604703aaad8c5676008076854f7ebaab94d7f2bd6" },
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
  featureWidth
  createdBy
  createdAt
  job {
    ...JobParts
  }
}`,
  { hash: "sha256:46cf86ac5b9714475c78b60d1a9a1621838dd8159d5d8b2b08f18ff943b0ccd4" },
) as unknown as TypedDocumentString<PtmsQuery, PtmsQueryVariables>;
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
  { hash: "sha256:a4b731aec1d661e9dea0d443d736ccac07abc4025f4e8c48ea86facee75b568d" },
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
  { hash: "sha256:e1694cb7dc97cf9dc19b3a110628b2ccd225dc926e19dda868d8fa388b090a6d" },
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
  { hash: "sha256:a131b9b75f24e2de2edb2bb5e3fb018f9f8ac37f8bc24ddb337923b3eaed4199" },
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
  { hash: "sha256:d5d266bea3c3df4be8d29e4e5637a1de2adf49e22f2e53f2a03b8aa6587bdc29" },
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
  { hash: "sha256:8ab6be8f54a79ee9eff5480d757915f5e98bc8330c14cf084a8b2584fb9c2c29" },
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
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:34e07dc901e2cfba0ae6b7b6b6ab8af2267d6c75f74d9796b99af88b0810c22d" },
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
  active
  width
  zooSize
  encoderSha256
  encoderWidth
  snapshotSha256
  createdAt
}`,
  { hash: "sha256:0a2c7acdf04d70062c77d085d257a42a6bcbb2c12368e5a86fb6e38b21cbd88d" },
) as unknown as TypedDocumentString<SpidersQuery, SpidersQueryVariables>;
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
  { hash: "sha256:6c9c87fc97ec585dcec952125995b2fcaf14f535a9004476fa10289fc7ea55af" },
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
  { hash: "sha256:7cacd1bef0b6c8599d6762a63295053b681a5d3244529d19d603d2407a8755be" },
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
  { hash: "sha256:9810a0f86fe91ba504d361cb4633dba8cbfb8cfd6750a46ecdcddd1513f613e3" },
) as unknown as TypedDocumentString<TasksQuery, TasksQueryVariables>;
