import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";

import type { Modality, PtmStatus } from "../../entities/ptm.js";
import type { CountCondition, LabelsCondition, MomentCondition, TextCondition } from "./comparators.js";
import { conditionKey, conditionsOf, type Filter, type FilterFields } from "./filter-language.js";
import { applyFilter } from "./filter-sql.js";

/** Conditions that a PTM must meet, all of them; an absent one asks for nothing. */
export interface PtmFilter extends Filter {
  readonly and?: readonly PtmFilter[] | null | undefined;
  readonly or?: readonly PtmFilter[] | null | undefined;
  readonly not?: PtmFilter | null | undefined;
  /** Has this name; case does not matter. */
  readonly name?: string | null | undefined;
  /** Has every one of these tags. */
  readonly tags?: readonly string[] | null | undefined;
  /** Has one of these licences. */
  readonly license?: readonly string[] | null | undefined;
  readonly architecture?: readonly string[] | null | undefined;
  readonly modality?: readonly Modality[] | null | undefined;
  readonly status?: readonly PtmStatus[] | null | undefined;
  readonly parameterCount?: CountCondition | null | undefined;
  readonly sizeBytes?: CountCondition | null | undefined;
  readonly macs?: CountCondition | null | undefined;
  readonly featureWidth?: CountCondition | null | undefined;
  /** Whether it is the newest version of its name. */
  readonly latest?: boolean | null | undefined;
  /** Has every one of these aliases. */
  readonly aliases?: readonly string[] | null | undefined;
  readonly createdBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
  readonly where?:
    | {
        readonly name?: TextCondition | null | undefined;
        readonly license?: TextCondition | null | undefined;
        readonly architecture?: TextCondition | null | undefined;
        readonly tags?: LabelsCondition | null | undefined;
      }
    | null
    | undefined;
}

export const PTM_FIELDS: FilterFields = {
  name: { column: "name", kind: "name", short: "eq" },
  tags: { column: "tags", kind: "labels", short: "contains" },
  license: { column: "license", kind: "text", short: "in" },
  architecture: { column: "architecture", kind: "text", short: "in" },
  modality: { column: "modality", kind: "text", short: "in" },
  status: { column: "status", kind: "text", short: "in" },
  parameterCount: { column: "parameter_count", kind: "number" },
  sizeBytes: { column: "size_bytes", kind: "number" },
  macs: { column: "macs", kind: "number" },
  featureWidth: { column: "feature_width", kind: "number" },
  latest: { column: "latest", kind: "flag", short: "eq" },
  aliases: { column: "aliases", kind: "labels", short: "contains" },
  createdBy: { column: "created_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
};

/** Narrows a query over `ptm` to what the filter admits. @throws DomainError as `applyFilter` */
export function applyPtmFilter<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  filter: PtmFilter,
): SelectQueryBuilder<Row> {
  return applyFilter(query, filter, PTM_FIELDS);
}

/** The same text for the same conditions, whatever the order in which they were written; "" for none. */
export function filterKey(filter: PtmFilter): string {
  return conditionKey(conditionsOf(filter, PTM_FIELDS));
}
