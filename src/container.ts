import { availableParallelism } from "node:os";
import { join } from "node:path";

import type { DataSource } from "typeorm";

import { DEFAULT_ARCHIVE_LIMITS } from "./archives/archive-limits.js";
import type { Config } from "./config.js";
import { ChangeFeed } from "./database/change-feed.js";
import { createDataSource, type DatabaseAddress } from "./database/data-source.js";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./database/embedded-postgres.js";
import { migrate } from "./database/migrate.js";
import { MetricScorer } from "./engine/runtime/metric-scorer.js";
import { Job, JOB_KINDS, type JobKind } from "./entities/job.js";
import { type JobHandler, PgBossQueue } from "./jobs/queue.js";
import { WebhookCourier } from "./jobs/webhook-courier.js";
import { createLoaders } from "./loaders/loaders.js";
import type { Logger } from "./log.js";
import { Metrics } from "./metrics.js";
import { allResolvers } from "./resolvers/all-resolvers.js";
import type { WebhookServices } from "./resolvers/webhook.resolver.js";
import { Access } from "./schema/access.js";
import { buildOrbSchema } from "./schema/build-schema.js";
import { createRateLimiter } from "./schema/create-rate-limiter.js";
import { KeyCredentials } from "./schema/key-credentials.js";
import { OidcCredentials } from "./schema/oidc-credentials.js";
import { TrustedDocuments } from "./schema/trusted-documents.js";
import { OperationsServer } from "./schema/operations-server.js";
import { Server } from "./schema/server.js";
import { AccessKeys } from "./services/access/access-keys.js";
import { WebFiles } from "./schema/web-files.js";
import { ActivateSpider } from "./services/training/activate-spider.js";
import { CompareSpiders } from "./services/training/compare-spiders.js";
import { CreatePool } from "./services/training/create-pool.js";
import { EvaluateTrained } from "./services/evaluation/evaluate-trained.js";
import { RunMissing } from "./services/evaluation/run-missing.js";
import { MeasurePool } from "./services/training/measure-pool.js";
import { RunTraining } from "./services/training/run-training.js";
import { TrainSpider } from "./services/training/train-spider.js";
import { AddPtm } from "./services/registry/add-ptm.js";
import { AddPtmVersion } from "./services/registry/add-ptm-version.js";
import { AddTask } from "./services/registry/add-task.js";
import { AdmitAdministrator } from "./services/access/admit-administrator.js";
import { AdvanceRanking } from "./services/ranking/advance-ranking.js";
import { AnsweredRequests } from "./services/access/answered-requests.js";
import { BrowseAccess } from "./services/access/browse-access.js";
import { BrowseAudit } from "./services/access/browse-audit.js";
import { BrowseRegistry } from "./services/registry/browse-registry.js";
import { CancelJob } from "./services/background/cancel-job.js";
import { CountMacs } from "./services/tokens/count-macs.js";
import { CreateAccessKey } from "./services/access/create-access-key.js";
import { EvaluateMetrics } from "./services/evaluation/evaluate-metrics.js";
import { EvaluateReranked } from "./services/evaluation/evaluate-reranked.js";
import { EvaluateSpider } from "./services/evaluation/evaluate-spider.js";
import { EvaluateRankings } from "./services/evaluation/evaluate-rankings.js";
import { FindParetoFront } from "./services/ranking/find-pareto-front.js";
import { FindSimilarPtms } from "./services/ranking/find-similar-ptms.js";
import { FindSimilarTasks } from "./services/ranking/find-similar-tasks.js";
import { FindByName } from "./services/registry/find-by-name.js";
import { GiveUpJob } from "./services/background/give-up-job.js";
import { ImportPtm } from "./services/imports/import-ptm.js";
import { ImportSpider } from "./services/training/import-spider.js";
import { ImportZoo } from "./services/registry/import-zoo.js";
import { KeepRanking } from "./services/ranking/keep-ranking.js";
import { openJobs } from "./services/background/open-jobs.js";
import { MeasurePtms } from "./services/tokens/measure-ptms.js";
import { MeasureTransferability } from "./services/tokens/measure-transferability.js";
import { NearDuplicates } from "./services/registry/near-duplicates.js";
import { OutcomeTables } from "./services/ranking/outcome-table.js";
import { ProbePtm } from "./services/tokens/probe-ptm.js";
import { PtmFacets } from "./services/registry/ptm-facets.js";
import { PlaceTasks } from "./services/ranking/place-tasks.js";
import { RankZoo } from "./services/ranking/rank-zoo.js";
import { Readiness } from "./services/readiness.js";
import { RegisterArtifact } from "./services/registry/register-artifact.js";
import { ReportOutcome } from "./services/registry/report-outcome.js";
import { RerankTask } from "./services/ranking/rerank-task.js";
import { RetirePtm } from "./services/registry/retire-ptm.js";
import { RetireTask } from "./services/registry/retire-task.js";
import { RevokeAccessKey } from "./services/access/revoke-access-key.js";
import { ReviewOutcome } from "./services/registry/review-outcome.js";
import { RunImport } from "./services/imports/run-import.js";
import { RunNetwork } from "./services/tokens/run-network.js";
import { RunPtm } from "./services/tokens/run-ptm.js";
import { ShowSamples } from "./services/registry/show-samples.js";
import { SpiderSnapshots } from "./services/tokens/spider-snapshots.js";
import { TaskSamples } from "./services/tokens/task-samples.js";
import { TokenizePtm } from "./services/tokens/tokenize-ptm.js";
import { TokenizeTask } from "./services/tokens/tokenize-task.js";
import { UpdatePtm } from "./services/registry/update-ptm.js";
import { WatchRegistry } from "./services/registry/watch-registry.js";
import { HostList } from "./services/outbound/host-list.js";
import { INTERNET, type Network } from "./services/outbound/internet.js";
import { OutboundHttp } from "./services/outbound/outbound-http.js";
import { PoolReader } from "./services/training/pool-reader.js";
import { MeasureOnPool } from "./services/training/measure-on-pool.js";
import { TrainingThread } from "./services/training/training-thread.js";
import { LearnToken } from "./services/training/learn-token.js";
import { ImportPool } from "./services/training/import-pool.js";
import { AddWebhook } from "./services/webhooks/add-webhook.js";
import { BrowseWebhooks } from "./services/webhooks/browse-webhooks.js";
import { DeliverWebhooks } from "./services/webhooks/deliver-webhooks.js";
import { RequestDelivery } from "./services/webhooks/request-delivery.js";
import { RotateWebhookSecret } from "./services/webhooks/rotate-webhook-secret.js";
import { UpdateWebhook } from "./services/webhooks/update-webhook.js";
import { WaitForJob } from "./services/background/wait-for-job.js";
import { findProviders } from "./services/ranking/find-providers.js";
import { ProviderHealth } from "./services/ranking/provider-health.js";
import { ZooIndexes } from "./services/ranking/zoo-indexes.js";
import { ZooFiles } from "./services/ranking/zoo-files.js";
import { ZooTokens } from "./services/ranking/zoo-tokens.js";
import { ZooStates } from "./services/ranking/zoo-state.js";
import { ArtifactCache } from "./storage/artifact-cache.js";
import type { ArtifactStore } from "./storage/artifact-store.js";
import { LocalDiskStore } from "./storage/local-disk.js";
import { S3Store } from "./storage/s3.js";

const STATEMENT_TIMEOUT_MS = 10_000;
/** The server watches for revoked keys itself; that is nobody's subscription. */
const OWN_WATCHES = 1;
/** With the server's drain and PostgreSQL's stop this stays under the 20 s that supervisors commonly grant. */
const JOB_DRAIN_MS = 8_000;

/** A running Orbweaver without its doors: every service with what it needs. The only place that says `new Service`. */
export class Container {
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(
    readonly config: Config,
    readonly log: Logger,
    private readonly network: Network,
  ) {}

  dataSource!: DataSource;
  store!: ArtifactStore;
  queue!: PgBossQueue;
  indexes!: ZooIndexes;
  states!: ZooStates;
  rankZoo!: RankZoo;
  addTask!: AddTask;
  addPtm!: AddPtm;
  reportOutcome!: ReportOutcome;
  findParetoFront!: FindParetoFront;
  findSimilarPtms!: FindSimilarPtms;
  findSimilarTasks!: FindSimilarTasks;
  nearDuplicates!: NearDuplicates;
  keepRanking!: KeepRanking;
  registerArtifact!: RegisterArtifact;
  browse!: BrowseRegistry;
  ptmFacets!: PtmFacets;
  findByName!: FindByName;
  reviewOutcome!: ReviewOutcome;
  evaluateRankings!: EvaluateRankings;
  addPtmVersion!: AddPtmVersion;
  updatePtm!: UpdatePtm;
  retirePtm!: RetirePtm;
  retireTask!: RetireTask;
  importPtm!: ImportPtm;
  importSpider!: ImportSpider;
  importZoo!: ImportZoo;
  evaluateSpider!: EvaluateSpider;
  evaluateReranked!: EvaluateReranked;
  rerankTask!: RerankTask;
  cancelJob!: CancelJob;
  readonly metrics = new Metrics();
  readiness!: Readiness;
  providerHealth!: ProviderHealth;
  browseAccess!: BrowseAccess;
  browseAudit!: BrowseAudit;
  createAccessKey!: CreateAccessKey;
  revokeAccessKey!: RevokeAccessKey;
  admitAdministrator!: AdmitAdministrator;
  #accessKeys!: AccessKeys;
  #feed!: ChangeFeed;
  #advance!: AdvanceRanking;
  #runPtm!: RunPtm;
  measureTransferability!: MeasureTransferability;
  showSamples!: ShowSamples;
  placeTasks!: PlaceTasks;
  evaluateMetrics!: EvaluateMetrics;
  #tokenizeTask!: TokenizeTask;
  #tokenizePtm!: TokenizePtm;
  #measurePtms!: MeasurePtms;
  importPool!: ImportPool;
  trainSpider!: TrainSpider;
  activateSpider!: ActivateSpider;
  createPool!: CreatePool;
  #runTraining!: RunTraining;
  #measurePool!: MeasurePool;
  #runImport!: RunImport;
  webhooks!: WebhookServices;

  /** Starts the database if it is ours to start, brings its tables up to date and builds the services. */
  static async open(config: Config, log: Logger, network: Network = INTERNET): Promise<Container> {
    const container = new Container(config, log, network);
    try {
      await container.#build();
      return container;
    } catch (error) {
      await container.close();
      throw error;
    }
  }

  async #build(): Promise<void> {
    const { config, log } = this;
    const providers = await findProviders(config.executionProviders, (warning) =>
      log.warn({ warning }, "execution provider"),
    );
    const address = await this.#database();
    for (const name of await migrate(address)) log.info({ migration: name }, "migrated");
    this.dataSource = createDataSource(address, {
      poolSize: config.databasePoolSize,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    await this.dataSource.initialize();
    this.#closers.push(() => this.dataSource.destroy());

    this.store = this.#artifacts();
    await this.store.sweepTemporary();
    const network = new RunNetwork(
      this.store,
      {
        memoryBytes: config.sandboxMemoryBytes,
        deadlineSeconds: config.sandboxSeconds,
        openDeadlineSeconds: config.sandboxSeconds,
      },
      config.sandboxSpares,
      (seconds) => this.metrics.onnx("sandbox", seconds),
    );
    this.#closers.push(() => network.close());
    const scorer = new MetricScorer(); // ends after the jobs that use it
    this.#closers.push(() => scorer.close());
    this.queue = new PgBossQueue(address, JOB_KINDS, log, this.metrics);
    await this.queue.start();

    const { dataSource, store, queue } = this;
    const snapshots = new SpiderSnapshots(store);
    const { tokenStorage } = config;
    const zooFiles = new ZooFiles(dataSource, store, snapshots, join(config.home, "zoo-files"), tokenStorage);
    const tokens = new ZooTokens(dataSource, snapshots, zooFiles, {
      executionProviders: providers.usable,
      onWarning: (warning) => log.warn({ warning }, "zoo index"),
    });
    this.indexes = new ZooIndexes(dataSource, snapshots, tokens, (seconds) =>
      this.metrics.onnx("scorer", seconds),
    );
    this.#closers.push(() => this.indexes.close());
    // Stopped before what jobs need: those under way can then finish.
    this.#closers.push(() => this.queue.stop(JOB_DRAIN_MS));
    this.providerHealth = new ProviderHealth(config.executionProviders, providers, this.indexes);
    this.metrics.watch(
      "orb_scorer_fallback",
      "1 while rankings do not run on the first provider of ORB_EXECUTION_PROVIDERS.",
      () => (this.providerHealth.isFirstChoice ? 0 : 1),
    );
    this.states = new ZooStates(dataSource);
    this.readiness = new Readiness(dataSource, this.states, this.indexes);
    this.metrics.watchJobs(
      () => openJobs(dataSource),
      () => queue.depths(),
    );
    const outcomes = new OutcomeTables(dataSource);
    this.rankZoo = new RankZoo(dataSource, this.states, this.indexes, outcomes);
    this.rerankTask = new RerankTask(dataSource, this.rankZoo, queue, log);
    this.#advance = new AdvanceRanking(dataSource, this.states, this.indexes, outcomes, log);
    this.cancelJob = new CancelJob(dataSource, this.#advance);
    this.#feed = new ChangeFeed(address, log);
    this.#accessKeys = new AccessKeys(dataSource);
    this.browseAccess = new BrowseAccess(dataSource);
    this.browseAudit = new BrowseAudit(dataSource);
    this.createAccessKey = new CreateAccessKey(dataSource);
    this.revokeAccessKey = new RevokeAccessKey(dataSource, this.#accessKeys);
    this.admitAdministrator = new AdmitAdministrator(dataSource);
    this.addTask = new AddTask(dataSource, store, queue, DEFAULT_ARCHIVE_LIMITS);
    this.addPtm = new AddPtm(dataSource, store, queue);
    this.reportOutcome = new ReportOutcome(dataSource);
    this.findParetoFront = new FindParetoFront(dataSource, this.rankZoo);
    this.findSimilarPtms = new FindSimilarPtms(dataSource, this.states);
    this.findSimilarTasks = new FindSimilarTasks(dataSource);
    this.nearDuplicates = new NearDuplicates(dataSource);
    this.keepRanking = new KeepRanking(dataSource, this.rankZoo);
    this.registerArtifact = new RegisterArtifact(dataSource);
    this.browse = new BrowseRegistry(dataSource);
    this.ptmFacets = new PtmFacets(dataSource, this.states);
    this.reviewOutcome = new ReviewOutcome(dataSource);
    this.evaluateRankings = new EvaluateRankings(dataSource);
    this.findByName = new FindByName(dataSource);
    this.addPtmVersion = new AddPtmVersion(dataSource, this.addPtm);
    this.updatePtm = new UpdatePtm(dataSource);
    this.retirePtm = new RetirePtm(dataSource, snapshots, queue);
    this.retireTask = new RetireTask(dataSource, queue);
    this.importSpider = new ImportSpider(dataSource, store, snapshots, queue);
    const imports = new OutboundHttp(
      new HostList(config.importHosts),
      "ORB_IMPORT_HOSTS",
      this.network,
      config.importTokens,
    );
    this.importPtm = new ImportPtm(dataSource, queue, imports);
    this.#runImport = new RunImport(
      dataSource,
      store,
      this.registerArtifact,
      this.addPtm,
      imports,
      config.maxArtifactBytes,
      join(config.home, "imports"),
    );
    this.webhooks = {
      browse: new BrowseWebhooks(dataSource),
      add: new AddWebhook(dataSource, this.#webhookDoor()),
      update: new UpdateWebhook(dataSource),
      rotateSecret: new RotateWebhookSecret(dataSource),
      request: new RequestDelivery(dataSource),
    };
    this.importPool = new ImportPool(dataSource, store, queue, DEFAULT_ARCHIVE_LIMITS);
    this.importZoo = new ImportZoo(
      dataSource,
      store,
      this.registerArtifact,
      this.importSpider,
      this.importPool,
      this.addPtm,
      this.addTask,
    );
    const waitForJob = new WaitForJob(dataSource);
    this.evaluateSpider = new EvaluateSpider(
      dataSource,
      this.importZoo,
      this.addTask,
      this.rankZoo,
      waitForJob,
    );
    this.showSamples = new ShowSamples(store, DEFAULT_ARCHIVE_LIMITS);
    this.placeTasks = new PlaceTasks(dataSource, snapshots);
    this.measureTransferability = new MeasureTransferability(dataSource, queue);
    this.evaluateMetrics = new EvaluateMetrics(
      dataSource,
      this.measureTransferability,
      scorer,
      waitForJob,
      DEFAULT_ARCHIVE_LIMITS,
    );
    this.evaluateReranked = new EvaluateReranked(
      dataSource,
      this.rankZoo,
      this.rerankTask,
      waitForJob,
      scorer,
      DEFAULT_ARCHIVE_LIMITS,
    );
    const samples = new TaskSamples(store, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
    this.#tokenizeTask = new TokenizeTask(dataSource, samples, network);
    this.#runPtm = new RunPtm(dataSource, samples, network, scorer, this.#advance);
    const pools = new PoolReader(dataSource, store, DEFAULT_ARCHIVE_LIMITS);
    const measureOnPool = new MeasureOnPool(
      dataSource,
      store,
      network,
      pools,
      DEFAULT_ARCHIVE_LIMITS,
      availableParallelism(),
    );
    // Learning runs in this process, which a device's driver may crash: the processor alone (docs/adr/0041).
    const session = {
      executionProviders: ["cpu"] as const,
      onWarning: (warning: string) => log.warn({ warning }, "execution provider"),
    };
    const training = new TrainingThread(session);
    const learnToken = new LearnToken(dataSource, pools, snapshots, training);
    this.trainSpider = new TrainSpider(dataSource, pools, queue);
    const compare = new CompareSpiders(dataSource, pools, snapshots, session);
    this.activateSpider = new ActivateSpider(dataSource, snapshots, queue, compare);
    this.createPool = new CreatePool(dataSource, queue);
    const runMissing = new RunMissing(dataSource, samples, network, scorer);
    const evaluateTrained = new EvaluateTrained(
      dataSource,
      this.states,
      outcomes,
      snapshots,
      runMissing,
      session,
    );
    this.#runTraining = new RunTraining(dataSource, store, pools, training, snapshots, evaluateTrained);
    this.#measurePool = new MeasurePool(
      dataSource,
      store,
      measureOnPool,
      pools,
      queue,
      DEFAULT_ARCHIVE_LIMITS,
    );
    const probe = new ProbePtm(network, new CountMacs(store, network));
    this.#tokenizePtm = new TokenizePtm(dataSource, snapshots, probe, measureOnPool, learnToken, queue);
    this.#measurePtms = new MeasurePtms(dataSource, samples, network, scorer);
  }

  #artifacts(): ArtifactStore {
    const { home, artifactStore, s3Endpoint, artifactCacheBytes } = this.config;
    if (artifactStore === undefined) return new LocalDiskStore(join(home, "artifacts"));
    const cache = new ArtifactCache(join(home, "artifact-cache"), artifactCacheBytes);
    const store = new S3Store({ ...artifactStore, endpoint: s3Endpoint }, cache);
    this.#closers.push(async () => store.close());
    return store;
  }

  async #database(): Promise<DatabaseAddress> {
    const { config, log } = this;
    if (config.databaseUrl !== undefined) return { url: config.databaseUrl };
    const embedded: EmbeddedPostgres = await startEmbeddedPostgres({
      dataFolder: join(config.home, "postgres"),
      log: (line) => log.info({ line }, "embedded PostgreSQL"),
    });
    this.#closers.push(() => embedded.close());
    return embedded;
  }

  /**
   * Takes jobs from the queue.
   *
   * @param kinds       which kinds of jobs; others are left to other workers
   * @param concurrency how many of a kind at a time
   */
  async work(
    kinds: readonly JobKind[] = JOB_KINDS,
    concurrency: number = this.config.jobConcurrency,
  ): Promise<void> {
    const handlers = new Map<JobKind, JobHandler>([
      ["TOKENIZE_TASK", this.#tokenizeTask],
      ["TOKENIZE_PTM", this.#tokenizePtm],
      ["RUN_PTM", this.#runPtm],
      ["RERANK", { run: (jobId) => this.#rerank(jobId) }],
      ["MEASURE", this.#measurePtms],
      ["MEASURE_POOL", this.#measurePool],
      ["TRAIN", this.#runTraining],
      ["IMPORT_PTM", this.#runImport],
    ]);
    const giveUp = new GiveUpJob(this.dataSource);
    const taken = new Map([...handlers].filter(([kind]) => kinds.includes(kind)));
    const settle = async (jobId: string): Promise<void> => {
      await giveUp.run(jobId);
      await this.#advance.waitingFor(jobId);
    };
    await this.queue.work(taken, settle, concurrency);
    if (this.config.webhookHosts.length > 0) this.#deliverWebhooks();
  }

  /** A process without allowed hosts reaches no receiver, and leaves deliveries to those that have some. */
  #deliverWebhooks(): void {
    const { dataSource, log } = this;
    const now = (): Date => new Date();
    const deliver = new DeliverWebhooks(dataSource, this.#webhookDoor(), log, now, Math.random);
    const courier = new WebhookCourier(deliver, log);
    courier.start();
    this.#closers.push(() => courier.stop());
  }

  #webhookDoor(): OutboundHttp {
    return new OutboundHttp(new HostList(this.config.webhookHosts), "ORB_WEBHOOK_HOSTS", this.network);
  }

  async #rerank(jobId: string): Promise<void> {
    const { rankingId } = await this.dataSource.getRepository(Job).findOneByOrFail({ id: jobId });
    await this.#advance.run(rankingId!);
  }

  /** Answers GraphQL and uploads. @returns the address */
  async serve(): Promise<string> {
    const { config, log, store, dataSource } = this;
    const server = new Server({
      schema: await buildOrbSchema(allResolvers(this)),
      access: this.#access(),
      audit: this.browseAudit,
      introspection: config.introspection,
      trusted:
        config.trustedDocuments === undefined
          ? undefined
          : await TrustedDocuments.read(config.trustedDocuments),
      revocations: () => this.#feed.watch("access_key "),
      artifacts: {
        store,
        maxBytes: config.maxArtifactBytes,
        register: (artifact, viewer) => this.registerArtifact.run(artifact, viewer),
      },
      web: await WebFiles.open(),
      createLoaders: () => createLoaders(dataSource),
      watch: new WatchRegistry(dataSource, this.#feed),
      answered: new AnsweredRequests(dataSource),
      readiness: this.readiness,
      metrics: this.metrics,
      log,
    });
    this.metrics.watch("orb_subscriptions", "Subscriptions that are open.", () => this.watchers);
    this.#feed.start();
    this.#closers.push(() => this.#feed.close());
    const address = await server.listen(config.host, config.port);
    this.#closers.push(() => server.close());
    return address;
  }

  /** Tells how the process is, where it answers no API. @returns the address */
  async serveOperations(port: number): Promise<string> {
    const { config, readiness, metrics, log } = this;
    const server = new OperationsServer({ access: this.#access(), readiness, metrics }, log);
    const address = await server.listen(config.host, port);
    this.#closers.push(() => server.close());
    return address;
  }

  #access(): Access {
    const { auth, host, oidc } = this.config;
    const provider = oidc && new OidcCredentials(oidc);
    const credentials = auth === "on" ? new KeyCredentials(this.#accessKeys, provider) : undefined;
    return new Access(credentials, host, createRateLimiter(this.config, this.dataSource));
  }

  /** Subscriptions that are open at this moment. */
  get watchers(): number {
    return this.#feed.watchers - OWN_WATCHES;
  }

  /** Stops everything in the reverse order of its start. Safe to call twice. */
  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => this.log.error({ error: String(error) }, "stopping"));
    }
  }
}
