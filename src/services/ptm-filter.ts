import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";

import type { Modality, PtmStatus } from "../entities/ptm.js";
import { DomainError } from "../errors.js";

export interface CountRange {
  readonly gte?: number | null | undefined;
  readonly lte?: number | null | undefined;
}

/** Conditions that a PTM must meet, all of them; an absent one asks for nothing. */
export interface PtmFilter {
  /** Has this name; case does not matter. */
  readonly name?: string | null | undefined;
  /** Has every one of these tags. */
  readonly tags?: readonly string[] | null | undefined;
  /** Has one of these licences. */
  readonly license?: readonly string[] | null | undefined;
  readonly architecture?: readonly string[] | null | undefined;
  readonly modality?: readonly Modality[] | null | undefined;
  readonly status?: readonly PtmStatus[] | null | undefined;
  readonly parameterCount?: CountRange | null | undefined;
  readonly sizeBytes?: CountRange | null | undefined;
}

/** Values of one condition. */
export const LONGEST_LIST = 50;

/**
 * Narrows a query over `ptm` to what the filter admits.
 *
 * @throws DomainError BAD_USER_INPUT if one of its lists has more than 50 values
 */
export function applyPtmFilter<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  filter: PtmFilter,
): SelectQueryBuilder<Row> {
  const ptm = query.alias;
  for (const property of ["tags", "license", "architecture", "modality", "status"] as const) {
    const { length } = filter[property] ?? [];
    if (length > LONGEST_LIST) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `A filter's ${property} must hold at most ${LONGEST_LIST} values, got ${length}.`,
      );
    }
  }
  if (filter.name != null) query.andWhere(`lower(${ptm}.name) = lower(:name)`, { name: filter.name });
  if (filter.tags?.length) query.andWhere(`${ptm}.tags @> :tags`, { tags: filter.tags });
  for (const property of ["license", "architecture", "modality", "status"] as const) {
    const values = filter[property];
    if (values != null) query.andWhere(`${ptm}.${property} = ANY(:${property})`, { [property]: values });
  }
  for (const property of ["parameterCount", "sizeBytes"] as const) {
    const { gte, lte } = filter[property] ?? {};
    if (gte != null) query.andWhere(`${ptm}.${property} >= :${property}Gte`, { [`${property}Gte`]: gte });
    if (lte != null) query.andWhere(`${ptm}.${property} <= :${property}Lte`, { [`${property}Lte`]: lte });
  }
  return query;
}

/** The same text for the same conditions, whatever the order in which they were written; "" for none. */
export function filterKey(filter: PtmFilter): string {
  const conditions = Object.entries(filter)
    .filter(([, condition]) => condition != null)
    .map(([property, condition]): [string, unknown] => [property, canonical(condition)])
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return conditions.length === 0 ? "" : JSON.stringify(conditions);
}

function canonical(condition: unknown): unknown {
  if (typeof condition !== "object" || condition === null) return condition;
  if (Array.isArray(condition)) return [...(condition as string[])].sort();
  return Object.entries(condition)
    .filter(([, value]) => value != null)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
