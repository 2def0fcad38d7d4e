import type { DataSource, SelectQueryBuilder } from "typeorm";

import { AuditEvent } from "../../entities/audit-event.js";
import { keysetPage, NEWEST_FIRST, type Page, type PageRequest } from "../registry/keyset-page.js";

/** Rows that an export reads at a time. */
const EXPORT_PAGE = 1000;

/** Conditions that an event must meet, all of them. */
export interface AuditFilter {
  readonly actor?: string | null | undefined;
  readonly action?: string | null | undefined;
  /** Its type and the id of its row. */
  readonly subject?: { readonly type: string; readonly id: string } | undefined;
  /** Included. */
  readonly since?: Date | null | undefined;
  /** Not included. */
  readonly until?: Date | null | undefined;
}

/** The audit, for those who may read it. */
export class BrowseAudit {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first. */
  page(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>> {
    return keysetPage(this.#select(filter), NEWEST_FIRST, page);
  }

  /** All of it, oldest first, no more than a page of it in memory. */
  async *all(filter: AuditFilter): AsyncGenerator<AuditEvent> {
    let last = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const events = await this.#select(filter)
        .andWhere("event.id > :last", { last })
        .orderBy("event.id")
        .limit(EXPORT_PAGE)
        .getMany();
      yield* events;
      if (events.length < EXPORT_PAGE) return;
      last = events.at(-1)!.id;
    }
  }

  #select({ actor, action, subject, since, until }: AuditFilter): SelectQueryBuilder<AuditEvent> {
    const query = this.dataSource.createQueryBuilder(AuditEvent, "event");
    if (actor != null) query.andWhere("event.actor = :actor", { actor });
    if (action != null) query.andWhere("event.action = :action", { action });
    if (subject !== undefined) {
      query.andWhere("event.subjectType = :type AND event.subjectId = :id", subject);
    }
    if (since != null) query.andWhere("event.at >= :since", { since });
    if (until != null) query.andWhere("event.at < :until", { until });
    return query;
  }
}
