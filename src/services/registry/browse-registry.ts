import type { DataSource, SelectQueryBuilder } from "typeorm";

import { Job } from "../../entities/job.js";
import { Outcome } from "../../entities/outcome.js";
import { Pool } from "../../entities/pool.js";
import { Ptm } from "../../entities/ptm.js";
import { Ranking } from "../../entities/ranking.js";
import { Spider } from "../../entities/spider.js";
import { Task } from "../../entities/task.js";
import { applyFilter } from "../filters/filter-sql.js";
import { JOB_FIELDS, type JobFilter } from "../filters/job-filter.js";
import { keysetPage, NEWEST_FIRST, type Page, type PageRequest } from "./keyset-page.js";
import { OUTCOME_FIELDS, type OutcomeFilter } from "../filters/outcome-filter.js";
import { POOL_FIELDS, type PoolFilter } from "../filters/pool-filter.js";
import { applyPtmFilter, type PtmFilter } from "../filters/ptm-filter.js";
import { RANKING_FIELDS, type RankingFilter } from "../filters/ranking-filter.js";
import {
  AGE_PAGE_ORDERS,
  type AgeOrder,
  OUTCOME_PAGE_ORDERS,
  type OutcomeOrder,
  PTM_PAGE_ORDERS,
  type PtmOrder,
  TASK_PAGE_ORDERS,
  type TaskOrder,
} from "./registry-orders.js";
import { SPIDER_FIELDS, type SpiderFilter } from "../filters/spider-filter.js";
import { TASK_FIELDS, type TaskFilter } from "../filters/task-filter.js";

/** The lists of the registry, page by page. */
export class BrowseRegistry {
  constructor(private readonly dataSource: DataSource) {}

  ptms(filter: PtmFilter, order: PtmOrder, page: PageRequest): Promise<Page<Ptm>> {
    return keysetPage(applyPtmFilter(this.#select(Ptm, "ptm"), filter), PTM_PAGE_ORDERS[order], page);
  }

  tasks(filter: TaskFilter, order: TaskOrder, page: PageRequest): Promise<Page<Task>> {
    const query = applyFilter(this.#select(Task, "task"), filter, TASK_FIELDS);
    return keysetPage(query, TASK_PAGE_ORDERS[order], page);
  }

  outcomes(filter: OutcomeFilter, order: OutcomeOrder, page: PageRequest): Promise<Page<Outcome>> {
    const query = applyFilter(this.#select(Outcome, "outcome"), filter, OUTCOME_FIELDS);
    return keysetPage(query, OUTCOME_PAGE_ORDERS[order], page);
  }

  pools(filter: PoolFilter, page: PageRequest): Promise<Page<Pool>> {
    return keysetPage(applyFilter(this.#select(Pool, "pool"), filter, POOL_FIELDS), NEWEST_FIRST, page);
  }

  spiders(filter: SpiderFilter, order: AgeOrder, page: PageRequest): Promise<Page<Spider>> {
    const query = applyFilter(this.#select(Spider, "spider"), filter, SPIDER_FIELDS);
    return keysetPage(query, AGE_PAGE_ORDERS[order], page);
  }

  rankings(
    taskId: string,
    filter: RankingFilter,
    order: AgeOrder,
    page: PageRequest,
  ): Promise<Page<Ranking>> {
    const query = this.#select(Ranking, "ranking").where("ranking.taskId = :taskId", { taskId });
    return keysetPage(applyFilter(query, filter, RANKING_FIELDS), AGE_PAGE_ORDERS[order], page);
  }

  jobs(filter: JobFilter, order: AgeOrder, page: PageRequest): Promise<Page<Job>> {
    return keysetPage(
      applyFilter(this.#select(Job, "job"), filter, JOB_FIELDS),
      AGE_PAGE_ORDERS[order],
      page,
    );
  }

  activeSpider(): Promise<Spider | null> {
    return this.dataSource.getRepository(Spider).findOneBy({ active: true });
  }

  #select<Row extends object>(entity: new () => Row, alias: string): SelectQueryBuilder<Row> {
    return this.dataSource.createQueryBuilder(entity, alias);
  }
}
