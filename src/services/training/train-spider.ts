import type { DataSource, EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { Job } from "../../entities/job.js";
import { PoolMeasurement } from "../../entities/pool-measurement.js";
import { Pool } from "../../entities/pool.js";
import { type SourceOutcomes, SpiderTraining } from "../../entities/spider-training.js";
import { Spider } from "../../entities/spider.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { sha256 } from "../digest.js";
import { type JobQueue, queueJob } from "../background/job-queue.js";
import { lockName } from "../registry/lock-name.js";
import type { PoolReader } from "./pool-reader.js";
import { parseRecipe, requireEnoughTasks, type ZooRecipe } from "./train-zoo-spider.js";
import type { Viewer } from "../access/viewer.js";

export interface TrainSpiderCommand {
  /** Absent: the newest pool that is ready. */
  readonly poolId?: string | undefined;
  /** What differs from the default recipe. */
  readonly recipe: object;
}

/** Starts trainings: fixes what a spider will learn from and queues the learning. */
export class TrainSpider {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: PoolReader,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Answers at once with the spider in training. It learns from the PTMs that are in the registry and measured on the pool at
   * this moment, and from the outcomes that are known now; what comes later changes nothing. An equal training that is under
   * way is joined.
   *
   * @throws DomainError BAD_USER_INPUT (recipe), NOT_FOUND (pool), FAILED_PRECONDITION (no pool is ready, fewer than two PTMs
   *   are measured on it)
   */
  async run(command: TrainSpiderCommand, viewer: Viewer): Promise<{ spider: Spider; job: Job }> {
    const recipe = inPart("recipe", () => parseRecipe(command.recipe));
    const requestKey = sha256(JSON.stringify([command.poolId ?? null, recipe]));
    const pool = await this.#pool(command.poolId);
    const file = await this.reader.file(pool);
    inPart("recipe", () => requireEnoughTasks(pool.taskCount, recipe));
    return once(this.dataSource, viewer, async (manager) => {
      await lockName(manager, "spider", "version");
      const known = await findUnderWay(manager, requestKey);
      if (known !== undefined) return spiderAndJob(manager, known);
      const ptmSha256 = await measuredPtms(
        manager,
        pool,
        file.ptms.map(({ digest }) => digest),
      );
      const what = { pool, recipe, ptmSha256, width: file.encoderFeatures.columns };
      return spiderAndJob(manager, await this.#write(manager, what, requestKey, viewer));
    });
  }

  async #pool(poolId: string | undefined): Promise<Pool> {
    const pools = this.dataSource.getRepository(Pool);
    const pool =
      poolId === undefined
        ? await pools.findOne({ where: { status: "READY" }, order: { id: "DESC" } })
        : await pools.findOneBy({ id: poolId });
    if (pool === null && poolId !== undefined) {
      throw new DomainError("NOT_FOUND", "There is no Pool with the id given.", { part: ["poolId"] });
    }
    if (pool?.status !== "READY") {
      throw new DomainError(
        "FAILED_PRECONDITION",
        pool === null
          ? "No pool is ready to learn from; create one from tasks, or import the demo zoo."
          : `Pool "${pool.name}" is ${pool.status}; a spider learns from one that is READY.`,
      );
    }
    return pool;
  }

  async #write(
    manager: EntityManager,
    what: { pool: Pool; recipe: ZooRecipe; ptmSha256: string[]; width: number },
    requestKey: string,
    viewer: Viewer,
  ): Promise<string> {
    const { pool, recipe, ptmSha256 } = what;
    const id = uuid();
    await manager.insert(Spider, {
      id,
      version: ((await manager.maximum(Spider, "version")) ?? 0) + 1,
      status: "TRAINING",
      statusReason: null,
      active: false,
      width: recipe.width,
      encoderSha256: pool.encoderSha256,
      encoderWidth: what.width,
      encoderSignature: pool.encoderSignature,
    });
    await manager.insert(SpiderTraining, {
      spiderId: id,
      poolId: pool.id,
      recipe,
      ptmSha256,
      outcomes: await outcomesOnSources(manager, pool, ptmSha256),
      checkpointEpoch: 0,
      createdBy: viewer.name,
      requestKey,
    });
    await queueJob(manager, this.queue, { kind: "TRAIN", spiderId: id });
    const spider = await manager.findOneByOrFail(Spider, { id });
    await audit(manager, viewer, {
      action: "trainSpider",
      subject: { type: "Spider", id },
      before: null,
      after: { version: spider.version, pool: pool.name, recipe, ptms: ptmSha256.length },
    });
    return id;
  }
}

async function spiderAndJob(manager: EntityManager, id: string): Promise<{ spider: Spider; job: Job }> {
  return {
    spider: await manager.findOneByOrFail(Spider, { id }),
    job: await manager.findOneByOrFail(Job, { spiderId: id }),
  };
}

/** Those that are in the registry, usable, and measured on the pool; by their weights, ascending. */
async function measuredPtms(
  manager: EntityManager,
  pool: Pool,
  ofFile: readonly string[],
): Promise<string[]> {
  const rows: { digest: string }[] = await manager.query(
    `SELECT DISTINCT artifact_sha256 AS digest FROM ptm
     WHERE status IN ('REGISTERED', 'TOKENIZING', 'READY')
       AND (artifact_sha256 = ANY($1) OR EXISTS (
         SELECT FROM ${manager.getRepository(PoolMeasurement).metadata.tableName} AS measured
         WHERE measured.pool_id = $2 AND measured.ptm_sha256 = artifact_sha256 AND measured.scores IS NOT NULL))
     ORDER BY 1`,
    [ofFile, pool.id],
  );
  if (rows.length >= 2) return rows.map(({ digest }) => digest);
  throw new DomainError(
    "FAILED_PRECONDITION",
    `Pool "${pool.name}" knows ${rows.length} PTMs of the registry; a spider needs at least two to learn an order.`,
  );
}

/** What was measured on sources that are tasks: per source and PTM the median, of the metric and protocol with most PTMs. */
async function outcomesOnSources(
  manager: EntityManager,
  { id }: Pool,
  ptmSha256: readonly string[],
): Promise<SourceOutcomes[]> {
  const rows: { source: number; values: Record<string, number> }[] = await manager.query(
    `WITH measured AS (
       SELECT source.position AS source, metric, protocol, ptm.artifact_sha256 AS digest,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS value
       FROM pool_source AS source
       JOIN outcome USING (task_id) JOIN ptm ON ptm.id = outcome.ptm_id
       WHERE source.pool_id = $1 AND ptm.artifact_sha256 = ANY($2)
       GROUP BY 1, 2, 3, 4
     ), ways AS (
       SELECT source, metric, protocol, jsonb_object_agg(digest, value ORDER BY digest) AS values, count(*) AS count
       FROM measured GROUP BY 1, 2, 3
     )
     SELECT DISTINCT ON (source) source, values FROM ways WHERE count >= 2
     ORDER BY source, count DESC, metric, protocol`,
    [id, ptmSha256],
  );
  return rows;
}

async function findUnderWay(manager: EntityManager, requestKey: string): Promise<string | undefined> {
  const running = await manager
    .createQueryBuilder(SpiderTraining, "training")
    .innerJoin(Spider, "spider", "spider.id = training.spiderId AND spider.status = 'TRAINING'")
    .where("training.requestKey = :requestKey", { requestKey })
    .getOne();
  return running?.spiderId;
}
