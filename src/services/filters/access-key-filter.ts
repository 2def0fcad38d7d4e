import type { Role } from "../access/viewer.js";
import type { MomentCondition, TextCondition } from "./comparators.js";
import type { Filter, FilterFields } from "./filter-language.js";

/** Conditions that an access key must meet, all of them. */
export interface AccessKeyFilter extends Filter {
  readonly and?: readonly AccessKeyFilter[] | null | undefined;
  readonly or?: readonly AccessKeyFilter[] | null | undefined;
  readonly not?: AccessKeyFilter | null | undefined;
  readonly name?: TextCondition | null | undefined;
  readonly role?: readonly Role[] | null | undefined;
  readonly createdBy?: TextCondition | null | undefined;
  readonly createdAt?: MomentCondition | null | undefined;
  readonly expiresAt?: MomentCondition | null | undefined;
  readonly lastUsedAt?: MomentCondition | null | undefined;
  readonly revokedAt?: MomentCondition | null | undefined;
}

export const ACCESS_KEY_FIELDS: FilterFields = {
  name: { column: "name", kind: "name" },
  role: { column: "role", kind: "text", short: "in" },
  createdBy: { column: "created_by", kind: "text" },
  createdAt: { column: "created_at", kind: "moment" },
  expiresAt: { column: "expires_at", kind: "moment" },
  lastUsedAt: { column: "last_used_at", kind: "moment" },
  revokedAt: { column: "revoked_at", kind: "moment" },
};
