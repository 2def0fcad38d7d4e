import type { ActivateSpider } from "../services/training/activate-spider.js";
import type { AddPtm } from "../services/registry/add-ptm.js";
import type { AddTask } from "../services/registry/add-task.js";
import type { AddPtmVersion } from "../services/registry/add-ptm-version.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { CancelJob } from "../services/background/cancel-job.js";
import type { EvaluateRankings } from "../services/evaluation/evaluate-rankings.js";
import type { ReviewOutcome } from "../services/registry/review-outcome.js";
import type { FindByName } from "../services/registry/find-by-name.js";
import type { BrowseAccess } from "../services/access/browse-access.js";
import type { BrowseAudit } from "../services/access/browse-audit.js";
import type { CreateAccessKey } from "../services/access/create-access-key.js";
import type { ImportPtm } from "../services/imports/import-ptm.js";
import type { KeepRanking } from "../services/ranking/keep-ranking.js";
import type { MeasureTransferability } from "../services/tokens/measure-transferability.js";
import type { PtmFacets } from "../services/registry/ptm-facets.js";
import type { ProviderHealth } from "../services/ranking/provider-health.js";
import type { PlaceTasks } from "../services/ranking/place-tasks.js";
import type { FindSimilarPtms } from "../services/ranking/find-similar-ptms.js";
import type { FindSimilarTasks } from "../services/ranking/find-similar-tasks.js";
import type { NearDuplicates } from "../services/registry/near-duplicates.js";
import type { FindParetoFront } from "../services/ranking/find-pareto-front.js";
import type { RankZoo } from "../services/ranking/rank-zoo.js";
import type { RetirePtm } from "../services/registry/retire-ptm.js";
import type { RetireTask } from "../services/registry/retire-task.js";
import type { UpdatePtm } from "../services/registry/update-ptm.js";
import type { ReportOutcome } from "../services/registry/report-outcome.js";
import type { RerankTask } from "../services/ranking/rerank-task.js";
import type { RevokeAccessKey } from "../services/access/revoke-access-key.js";
import { AccessKeyResolver } from "./access-key.resolver.js";
import type { ShowSamples } from "../services/registry/show-samples.js";
import { AuditEventResolver } from "./audit-event.resolver.js";
import type { CreatePool } from "../services/training/create-pool.js";
import type { TrainSpider } from "../services/training/train-spider.js";
import { HealthResolver } from "./health.resolver.js";
import { ImportResolver } from "./import.resolver.js";
import { JobResolver } from "./job.resolver.js";
import { NodeResolver } from "./node.resolver.js";
import { OutcomeResolver } from "./outcome.resolver.js";
import { ParetoFrontResolver, ParetoPtmResolver } from "./pareto.resolver.js";
import {
  NearDuplicateResolver,
  SimilarPtmResolver,
  SimilarPtmsResolver,
  SimilarTaskResolver,
  SimilarTasksResolver,
} from "./similar.resolver.js";
import {
  AddPtmWarningResolver,
  AddPtmWarningsResolver,
  AddPtmVersionWarningsResolver,
} from "./add-ptm-warnings.resolver.js";
import { PtmCostResolver } from "./ptm-cost.resolver.js";
import { PtmFacetsResolver } from "./ptm-facets.resolver.js";
import { EvaluatedRankingResolver, EvaluationResolver } from "./evaluation.resolver.js";
import { HistoryResolver } from "./history.resolver.js";
import { PtmLineageResolver } from "./ptm-lineage.resolver.js";
import { TaskLineageResolver } from "./task-lineage.resolver.js";
import { PtmResolver } from "./ptm.resolver.js";
import { RankedPtmResolver, RankingResolver } from "./ranking.resolver.js";
import { PoolResolver, PoolSourceResolver } from "./pool.resolver.js";
import { EvaluatedRankerResolver, EvaluatedTaskResolver } from "./spider-evaluation.resolver.js";
import { SpiderResolver, TrainingSummaryResolver } from "./spider.resolver.js";
import { TaskResolver } from "./task.resolver.js";
import { PtmTokenResolver, SpecificTokenResolver, TaskTokenResolver } from "./token.resolvers.js";
import {
  PtmScoresResolver,
  TaskScoresResolver,
  TransferabilityScoreResolver,
} from "./transferability-score.resolver.js";
import { WebhookDeliveryResolver, WebhookResolver, type WebhookServices } from "./webhook.resolver.js";

/** The use cases behind the API. */
export interface ApiServices {
  readonly browse: BrowseRegistry;
  readonly ptmFacets: PtmFacets;
  readonly findByName: FindByName;
  readonly reviewOutcome: ReviewOutcome;
  readonly evaluateRankings: EvaluateRankings;
  readonly addPtmVersion: AddPtmVersion;
  readonly updatePtm: UpdatePtm;
  readonly retirePtm: RetirePtm;
  readonly retireTask: RetireTask;
  readonly rankZoo: RankZoo;
  readonly findSimilarPtms: FindSimilarPtms;
  readonly findSimilarTasks: FindSimilarTasks;
  readonly nearDuplicates: NearDuplicates;
  readonly findParetoFront: FindParetoFront;
  readonly keepRanking: KeepRanking;
  readonly addPtm: AddPtm;
  readonly addTask: AddTask;
  readonly reportOutcome: ReportOutcome;
  readonly rerankTask: RerankTask;
  readonly cancelJob: CancelJob;
  readonly importPtm: ImportPtm;
  readonly measureTransferability: MeasureTransferability;
  readonly browseAccess: BrowseAccess;
  readonly browseAudit: BrowseAudit;
  readonly createAccessKey: CreateAccessKey;
  readonly revokeAccessKey: RevokeAccessKey;
  readonly showSamples: ShowSamples;
  readonly placeTasks: PlaceTasks;
  readonly trainSpider: TrainSpider;
  readonly activateSpider: ActivateSpider;
  readonly createPool: CreatePool;
  readonly providerHealth: ProviderHealth;
  readonly webhooks: WebhookServices;
}

/** Every resolver of the schema with its services. */
export function allResolvers(services: ApiServices): object[] {
  const { browse, rankZoo, keepRanking, addPtm, addTask, reportOutcome } = services;
  const { trainSpider, activateSpider, createPool } = services;
  const { measureTransferability, rerankTask, cancelJob } = services;
  const { browseAccess, createAccessKey, revokeAccessKey } = services;
  return [
    new PtmResolver(browse, addPtm),
    new PtmCostResolver(),
    new SimilarPtmsResolver(services.findSimilarPtms, services.nearDuplicates),
    new SimilarPtmResolver(),
    new AddPtmWarningsResolver(services.nearDuplicates),
    new AddPtmVersionWarningsResolver(services.nearDuplicates),
    new AddPtmWarningResolver(),
    new NearDuplicateResolver(),
    new SimilarTasksResolver(services.findSimilarTasks),
    new SimilarTaskResolver(),
    new PtmFacetsResolver(services.ptmFacets),
    new PtmLineageResolver(
      services.findByName,
      services.addPtmVersion,
      services.updatePtm,
      services.retirePtm,
    ),
    new TaskLineageResolver(services.findByName, services.retireTask),
    new HealthResolver(services.providerHealth),
    new HistoryResolver(),
    new TaskResolver(browse, addTask, services.showSamples),
    new SpiderResolver(browse, trainSpider, activateSpider),
    new TrainingSummaryResolver(),
    new EvaluatedRankerResolver(),
    new EvaluatedTaskResolver(),
    new PoolResolver(browse, createPool),
    new PoolSourceResolver(),
    new JobResolver(browse, cancelJob),
    new OutcomeResolver(browse, reportOutcome, services.reviewOutcome),
    new EvaluationResolver(services.evaluateRankings),
    new EvaluatedRankingResolver(),
    new ImportResolver(services.importPtm),
    new TransferabilityScoreResolver(measureTransferability),
    new PtmScoresResolver(),
    new TaskScoresResolver(),
    new RankingResolver(browse, rankZoo, keepRanking, rerankTask),
    new RankedPtmResolver(),
    new ParetoFrontResolver(services.findParetoFront),
    new ParetoPtmResolver(),
    new NodeResolver(rankZoo),
    new AuditEventResolver(services.browseAudit),
    new AccessKeyResolver(browseAccess, createAccessKey, revokeAccessKey),
    new PtmTokenResolver(),
    new TaskTokenResolver(services.placeTasks),
    new SpecificTokenResolver(),
    new WebhookResolver(services.webhooks),
    new WebhookDeliveryResolver(services.webhooks),
  ];
}
