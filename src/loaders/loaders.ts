import DataLoader from "dataloader";
import { type DataSource, In, LessThanOrEqual } from "typeorm";

import { Artifact } from "../entities/artifact.js";
import { AuditEvent } from "../entities/audit-event.js";
import { Job, type JobKind } from "../entities/job.js";
import { Outcome } from "../entities/outcome.js";
import { PoolSource } from "../entities/pool-source.js";
import { Pool } from "../entities/pool.js";
import { PtmLatency } from "../entities/ptm-latency.js";
import { PtmToken } from "../entities/ptm-token.js";
import { Ptm } from "../entities/ptm.js";
import { RankingEntry } from "../entities/ranking-entry.js";
import { Ranking } from "../entities/ranking.js";
import { SpecificToken } from "../entities/specific-token.js";
import { SpiderEpoch } from "../entities/spider-epoch.js";
import { SpiderTraining } from "../entities/spider-training.js";
import { Spider } from "../entities/spider.js";
import { TaskToken } from "../entities/task-token.js";
import { Task } from "../entities/task.js";
import { TransferabilityScore } from "../entities/transferability-score.js";
import { CHANGE_FIELDS } from "../services/filters/change-filter.js";
import { OUTCOME_FIELDS } from "../services/filters/outcome-filter.js";
import { PTM_FIELDS } from "../services/filters/ptm-filter.js";
import { RANKING_FIELDS } from "../services/filters/ranking-filter.js";
import { SCORE_FIELDS } from "../services/filters/score-filter.js";
import { TASK_FIELDS } from "../services/filters/task-filter.js";
import { NEWEST_FIRST } from "../services/registry/keyset-page.js";
import {
  AGE_PAGE_ORDERS,
  type AgeOrder,
  OUTCOME_PAGE_ORDERS,
  type OutcomeOrder,
  PTM_PAGE_ORDERS,
  type PtmOrder,
  SCORE_PAGE_ORDERS,
  type ScoreOrder,
  TASK_PAGE_ORDERS,
  type TaskOrder,
} from "../services/registry/registry-orders.js";
import type { Pair } from "../services/tokens/keep-scores.js";
import { Webhook } from "../entities/webhook.js";
import { type ChildPageLoader, childPages } from "./child-pages.js";

/** What fields load through, so that a page of a hundred items costs as many statements as a page of one. */
export interface Loaders {
  readonly ptm: DataLoader<string, Ptm | null>;
  readonly task: DataLoader<string, Task | null>;
  readonly spider: DataLoader<string, Spider | null>;
  readonly ranking: DataLoader<string, Ranking | null>;
  readonly outcome: DataLoader<string, Outcome | null>;
  readonly transferabilityScore: DataLoader<string, TransferabilityScore | null>;
  readonly job: DataLoader<string, Job | null>;
  readonly artifact: DataLoader<string, Artifact | null>;
  readonly ptmTokenById: DataLoader<string, PtmToken | null>;
  readonly taskTokenById: DataLoader<string, TaskToken | null>;
  readonly specificTokenById: DataLoader<string, SpecificToken | null>;
  /** Without their vectors. */
  readonly specificTokensOfTask: ChildPageLoader<SpecificToken>;
  /** Of a PTM, by the spider that learned it; `null` for the active one. */
  readonly ptmToken: DataLoader<{ ptmId: string; spiderId: string | null }, PtmToken | null, string>;
  readonly latencyOfPtm: DataLoader<string, PtmLatency | null>;
  /** Of a task, for the active spider's general encoder. */
  readonly taskToken: DataLoader<string, TaskToken | null>;
  /** The first `best` entries of a ranking, best first. */
  readonly rankingEntries: DataLoader<{ rankingId: string; best: number }, RankingEntry[], string>;
  /** The latest job that prepares or prepared the task. */
  readonly latestTaskJob: DataLoader<string, Job | null>;
  /** The latest job that prepares or prepared the PTM. */
  readonly latestPtmJob: DataLoader<string, Job | null>;
  readonly jobOfRanking: DataLoader<string, Job | null>;
  readonly pool: DataLoader<string, Pool | null>;
  readonly webhook: DataLoader<string, Webhook | null>;
  /** In the order of their positions. */
  readonly poolSources: DataLoader<string, PoolSource[]>;
  readonly latestPoolJob: DataLoader<string, Job | null>;
  /** What trains or trained the spider. */
  readonly jobOfSpider: DataLoader<string, Job | null>;
  readonly training: DataLoader<string, SpiderTraining | null>;
  /** In the order of epochs. */
  readonly epochs: DataLoader<string, SpiderEpoch[]>;
  readonly tokenCount: DataLoader<string, number>;
  /** What the metrics say of PTMs on tasks, by metric. */
  readonly scoresOfPair: DataLoader<Pair, TransferabilityScore[], string>;
  /** By name. */
  readonly latestPtm: DataLoader<string, Ptm | null>;
  /** By name. */
  readonly latestTask: DataLoader<string, Task | null>;
  /** By name. */
  readonly versionsOfPtm: ChildPageLoader<Ptm, PtmOrder>;
  /** By name. */
  readonly versionsOfTask: ChildPageLoader<Task, TaskOrder>;
  readonly derivedPtms: ChildPageLoader<Ptm, PtmOrder>;
  readonly historyOfPtm: ChildPageLoader<AuditEvent>;
  readonly historyOfTask: ChildPageLoader<AuditEvent>;
  readonly outcomesOfPtm: ChildPageLoader<Outcome, OutcomeOrder>;
  readonly outcomesOfTask: ChildPageLoader<Outcome, OutcomeOrder>;
  readonly scoresOfPtm: ChildPageLoader<TransferabilityScore, ScoreOrder>;
  readonly scoresOfTask: ChildPageLoader<TransferabilityScore, ScoreOrder>;
  readonly rankingsOfPtm: ChildPageLoader<Ranking, AgeOrder>;
  readonly rankingsOfTask: ChildPageLoader<Ranking, AgeOrder>;
}

/** Fresh loaders for one operation: they remember what they loaded, so they must not outlive it. */
export function createLoaders(dataSource: DataSource): Loaders {
  const repository = <Row extends object>(entity: new () => Row) => dataSource.getRepository(entity);

  function byId<Row extends { id: string }>(entity: new () => Row): DataLoader<string, Row | null> {
    return new DataLoader(async (ids) => {
      const rows = await dataSource
        .createQueryBuilder(entity, "row")
        .where("row.id = ANY(:ids)", { ids: [...ids] })
        .getMany();
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    });
  }

  /** The newest version of each name; all versions of a name write it alike. */
  function latestOf<Row extends { id: string; name: string }>(
    entity: new () => Row,
  ): DataLoader<string, Row | null> {
    return new DataLoader(async (names) => {
      const rows = await dataSource
        .createQueryBuilder(entity, "row")
        .where("row.latest AND lower(row.name) = ANY(ARRAY(SELECT lower(unnest(:names::text[]))))", {
          names: [...names],
        })
        .getMany();
      const byName = new Map(rows.map((row) => [row.name, row]));
      return names.map((name) => byName.get(name) ?? null);
    });
  }

  function historyOf(type: "Ptm" | "Task"): ChildPageLoader<AuditEvent> {
    const match = `child.subject_type = '${type}' AND child.subject_id = key.parent`;
    return childPages(dataSource, {
      entity: AuditEvent,
      match,
      fields: CHANGE_FIELDS,
      orders: { NEWEST: NEWEST_FIRST },
    });
  }

  function outcomesOf(column: "ptm_id" | "task_id"): ChildPageLoader<Outcome, OutcomeOrder> {
    const match = `child.${column} = key.parent::uuid`;
    return childPages(dataSource, {
      entity: Outcome,
      match,
      fields: OUTCOME_FIELDS,
      orders: OUTCOME_PAGE_ORDERS,
    });
  }

  function scoresOf(column: "ptm_id" | "task_id"): ChildPageLoader<TransferabilityScore, ScoreOrder> {
    const match = `child.${column} = key.parent::uuid`;
    return childPages(dataSource, {
      entity: TransferabilityScore,
      match,
      fields: SCORE_FIELDS,
      orders: SCORE_PAGE_ORDERS,
    });
  }

  function rankingsWhere(match: string): ChildPageLoader<Ranking, AgeOrder> {
    return childPages(dataSource, {
      entity: Ranking,
      match,
      fields: RANKING_FIELDS,
      orders: AGE_PAGE_ORDERS,
    });
  }

  /** The newest job of a kind for each task or PTM. */
  function latestJob(
    kind: JobKind,
    column: "task_id" | "ptm_id" | "pool_id",
    property: "taskId" | "ptmId" | "poolId",
  ): DataLoader<string, Job | null> {
    return new DataLoader(async (ids) => {
      const jobs = await dataSource
        .createQueryBuilder(Job, "job")
        .distinctOn([`job.${column}`])
        .where(`job.kind = :kind AND job.${property} = ANY(:ids)`, { kind, ids: [...ids] })
        .orderBy(`job.${column}`)
        .addOrderBy("job.id", "DESC")
        .getMany();
      const byOwner = new Map(jobs.map((job) => [job[property], job]));
      return ids.map((id) => byOwner.get(id) ?? null);
    });
  }

  return {
    ptm: byId(Ptm),
    task: byId(Task),
    spider: byId(Spider),
    ranking: byId(Ranking),
    outcome: byId(Outcome),
    transferabilityScore: byId(TransferabilityScore),
    job: byId(Job),
    ptmTokenById: byId(PtmToken),
    taskTokenById: byId(TaskToken),
    specificTokenById: byId(SpecificToken),

    artifact: new DataLoader(async (digests) => {
      const rows = await repository(Artifact).findBy({ sha256: In([...digests]) });
      const byDigest = new Map(rows.map((row) => [row.sha256, row]));
      return digests.map((digest) => byDigest.get(digest) ?? null);
    }),

    ptmToken: new DataLoader(
      async (keys) => {
        const tokens = await dataSource
          .createQueryBuilder(PtmToken, "token")
          .innerJoin(Spider, "spider", "spider.id = token.spiderId")
          .where("token.ptmId = ANY(:ptmIds)", { ptmIds: keys.map(({ ptmId }) => ptmId) })
          .andWhere("(spider.active OR spider.id = ANY(:spiderIds))", {
            spiderIds: keys.flatMap(({ spiderId }) => spiderId ?? []),
          })
          .getMany();
        const active = await repository(Spider).findOneBy({ active: true });
        return keys.map(
          ({ ptmId, spiderId }) =>
            tokens.find((token) => token.ptmId === ptmId && token.spiderId === (spiderId ?? active?.id)) ??
            null,
        );
      },
      { cacheKeyFn: ({ ptmId, spiderId }) => `${ptmId} ${spiderId}` },
    ),

    latencyOfPtm: new DataLoader(async (ids) => {
      const rows = await repository(PtmLatency).findBy({ ptmId: In([...ids]) });
      const byPtm = new Map(rows.map((row) => [row.ptmId, row]));
      return ids.map((id) => byPtm.get(id) ?? null);
    }),

    taskToken: new DataLoader(async (ids) => {
      const tokens = await dataSource
        .createQueryBuilder(TaskToken, "token")
        .innerJoin(Spider, "spider", "spider.active AND spider.encoderSha256 = token.encoderSha256")
        .where("token.taskId = ANY(:ids)", { ids: [...ids] })
        .getMany();
      const byTask = new Map(tokens.map((token) => [token.taskId, token]));
      return ids.map((id) => byTask.get(id) ?? null);
    }),

    specificTokensOfTask: childPages(dataSource, {
      entity: SpecificToken,
      match: "child.task_id = key.parent::uuid",
      fields: {},
      orders: { NEWEST: NEWEST_FIRST },
      unread: ["vectors"],
    }),

    rankingEntries: new DataLoader(
      async (keys) => {
        const entries = await repository(RankingEntry).find({
          where: {
            rankingId: In([...new Set(keys.map(({ rankingId }) => rankingId))]),
            rank: LessThanOrEqual(Math.max(...keys.map(({ best }) => best))),
          },
          order: { rank: "ASC" },
        });
        const byRanking = new Map(keys.map(({ rankingId }): [string, RankingEntry[]] => [rankingId, []]));
        for (const entry of entries) byRanking.get(entry.rankingId)?.push(entry);
        return keys.map(({ rankingId, best }) => (byRanking.get(rankingId) ?? []).slice(0, best));
      },
      { cacheKeyFn: ({ rankingId, best }) => `${rankingId} ${best}` },
    ),

    latestTaskJob: latestJob("TOKENIZE_TASK", "task_id", "taskId"),
    latestPtmJob: latestJob("TOKENIZE_PTM", "ptm_id", "ptmId"),

    pool: byId(Pool),
    webhook: byId(Webhook),
    latestPoolJob: latestJob("MEASURE_POOL", "pool_id", "poolId"),

    poolSources: new DataLoader(async (ids) => {
      const rows = await repository(PoolSource).find({
        where: { poolId: In([...ids]) },
        order: { position: "ASC" },
      });
      return ids.map((id) => rows.filter(({ poolId }) => poolId === id));
    }),

    jobOfSpider: new DataLoader(async (ids) => {
      const jobs = await repository(Job).findBy({ spiderId: In([...ids]) });
      return ids.map((id) => jobs.find(({ spiderId }) => spiderId === id) ?? null);
    }),

    training: new DataLoader(async (ids) => {
      const rows = await repository(SpiderTraining).findBy({ spiderId: In([...ids]) });
      return ids.map((id) => rows.find(({ spiderId }) => spiderId === id) ?? null);
    }),

    epochs: new DataLoader(async (ids) => {
      const rows = await repository(SpiderEpoch).find({
        where: { spiderId: In([...ids]) },
        order: { epoch: "ASC" },
      });
      return ids.map((id) => rows.filter(({ spiderId }) => spiderId === id));
    }),

    jobOfRanking: new DataLoader(async (ids) => {
      const jobs = await repository(Job).findBy({ rankingId: In([...ids]) });
      const byRanking = new Map(jobs.map((job) => [job.rankingId, job]));
      return ids.map((id) => byRanking.get(id) ?? null);
    }),

    tokenCount: new DataLoader(async (ids) => {
      const rows: { spiderId: string; count: number }[] = await dataSource.query(
        `SELECT spider_id AS "spiderId", count(*)::int AS count FROM ptm_token WHERE spider_id = ANY($1) GROUP BY 1`,
        [[...ids]],
      );
      const bySpider = new Map(rows.map(({ spiderId, count }) => [spiderId, count]));
      return ids.map((id) => bySpider.get(id) ?? 0);
    }),

    scoresOfPair: new DataLoader(
      async (pairs) => {
        const scores = await dataSource
          .createQueryBuilder(TransferabilityScore, "score")
          .where("score.taskId = ANY(:taskIds) AND score.ptmId = ANY(:ptmIds)", {
            taskIds: pairs.map(({ taskId }) => taskId),
            ptmIds: pairs.map(({ ptmId }) => ptmId),
          })
          .orderBy("score.metric")
          .getMany();
        const byPair = new Map(pairs.map((pair): [string, TransferabilityScore[]] => [pairKey(pair), []]));
        for (const score of scores) byPair.get(pairKey(score))?.push(score);
        return pairs.map((pair) => byPair.get(pairKey(pair)) ?? []);
      },
      { cacheKeyFn: pairKey },
    ),

    latestPtm: latestOf(Ptm),
    latestTask: latestOf(Task),
    versionsOfPtm: childPages(dataSource, {
      entity: Ptm,
      match: "lower(child.name) = lower(key.parent)",
      fields: PTM_FIELDS,
      orders: PTM_PAGE_ORDERS,
    }),
    versionsOfTask: childPages(dataSource, {
      entity: Task,
      match: "lower(child.name) = lower(key.parent)",
      fields: TASK_FIELDS,
      orders: TASK_PAGE_ORDERS,
    }),
    derivedPtms: childPages(dataSource, {
      entity: Ptm,
      match: "child.base_ptm_id = key.parent::uuid",
      fields: PTM_FIELDS,
      orders: PTM_PAGE_ORDERS,
    }),
    historyOfPtm: historyOf("Ptm"),
    historyOfTask: historyOf("Task"),
    outcomesOfPtm: outcomesOf("ptm_id"),
    outcomesOfTask: outcomesOf("task_id"),
    scoresOfPtm: scoresOf("ptm_id"),
    scoresOfTask: scoresOf("task_id"),
    rankingsOfPtm: rankingsWhere(
      "child.id IN (SELECT ranking_id FROM ranking_entry WHERE ptm_id = key.parent::uuid)",
    ),
    rankingsOfTask: rankingsWhere("child.task_id = key.parent::uuid"),
  };
}

const pairKey = ({ taskId, ptmId }: Pair): string => `${taskId} ${ptmId}`;
