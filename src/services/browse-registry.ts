import type { DataSource, SelectQueryBuilder } from "typeorm";

import { Job, type JobState } from "../entities/job.js";
import { Ptm } from "../entities/ptm.js";
import { Ranking } from "../entities/ranking.js";
import { Spider } from "../entities/spider.js";
import { Task, type TaskStatus } from "../entities/task.js";
import { keysetPage, type OrderColumn, type Page, type PageRequest } from "./keyset-page.js";
import { applyPtmFilter, type PtmFilter } from "./ptm-filter.js";

export const PTM_ORDERS = ["NEWEST", "OLDEST", "NAME"] as const;
export type PtmOrder = (typeof PTM_ORDERS)[number];
export const TASK_ORDERS = ["NEWEST", "OLDEST", "NAME"] as const;
export type TaskOrder = (typeof TASK_ORDERS)[number];

export interface TaskFilter {
  readonly status?: readonly TaskStatus[] | null | undefined;
  readonly name?: string | null | undefined;
}

export interface JobFilter {
  readonly state?: readonly JobState[] | null | undefined;
}

interface NamedRow {
  id: string;
  name: string;
}

/** Ids are UUIDs of version 7, whose order is that of creation; so one column orders by age and is unique. */
const ORDERS: Record<PtmOrder, readonly OrderColumn<NamedRow>[]> = {
  NEWEST: [{ property: "id", direction: "DESC" }],
  OLDEST: [{ property: "id", direction: "ASC" }],
  NAME: [
    { property: "name", direction: "ASC" },
    { property: "id", direction: "ASC" },
  ],
};

/** The lists of the registry, page by page. */
export class BrowseRegistry {
  constructor(private readonly dataSource: DataSource) {}

  ptms(filter: PtmFilter, order: PtmOrder, page: PageRequest): Promise<Page<Ptm>> {
    return keysetPage(applyPtmFilter(this.#select(Ptm, "ptm"), filter), ORDERS[order], page);
  }

  tasks(filter: TaskFilter, order: TaskOrder, page: PageRequest): Promise<Page<Task>> {
    const query = this.#select(Task, "task");
    if (filter.status != null) query.andWhere("task.status = ANY(:status)", { status: filter.status });
    if (filter.name != null) query.andWhere("lower(task.name) = lower(:name)", { name: filter.name });
    return keysetPage(query, ORDERS[order], page);
  }

  spiders(page: PageRequest): Promise<Page<Spider>> {
    return keysetPage(this.#select(Spider, "spider"), NEWEST_FIRST, page);
  }

  rankings(taskId: string, page: PageRequest): Promise<Page<Ranking>> {
    const query = this.#select(Ranking, "ranking").where("ranking.taskId = :taskId", { taskId });
    return keysetPage(query, NEWEST_FIRST, page);
  }

  jobs(filter: JobFilter, page: PageRequest): Promise<Page<Job>> {
    const query = this.#select(Job, "job");
    if (filter.state != null) query.andWhere("job.state = ANY(:state)", { state: filter.state });
    return keysetPage(query, NEWEST_FIRST, page);
  }

  activeSpider(): Promise<Spider | null> {
    return this.dataSource.getRepository(Spider).findOneBy({ active: true });
  }

  #select<Row extends object>(entity: new () => Row, alias: string): SelectQueryBuilder<Row> {
    return this.dataSource.createQueryBuilder(entity, alias);
  }
}

const NEWEST_FIRST = [{ property: "id", direction: "DESC" }] as const;
