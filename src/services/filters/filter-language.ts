import { DomainError } from "../../errors.js";

/** How a field is compared with the values of a condition. */
export interface FilterField {
  /** The column, as the database calls it: a name of the schema, never input. */
  readonly column: string;
  /** `name` is text whose case does not matter; `labels` is a set of texts. */
  readonly kind: "name" | "text" | "number" | "moment" | "labels" | "flag" | "reference";
  /** What a plain value or list means in place of comparators. */
  readonly short?: Comparator;
}

export type FilterFields = Readonly<Record<string, FilterField>>;

export const COMPARATORS = ["eq", "in", "contains", "gte", "lte"] as const;
export type Comparator = (typeof COMPARATORS)[number];
export type FilterValue = string | number | boolean | Date;

/** What a list can be asked for: fields with comparators or their short form, joined by and, or, not. */
export interface Filter {
  readonly and?: readonly Filter[] | null | undefined;
  readonly or?: readonly Filter[] | null | undefined;
  readonly not?: Filter | null | undefined;
  /** Words to look for, see `searchSql`. */
  readonly text?: string | null | undefined;
  /** Comparators of fields that have a short form of another shape. */
  readonly where?: object | null | undefined;
}

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly text: string }
  | {
      readonly field: string;
      readonly comparator: Comparator;
      /** One value, or a list for `in` and for a short `contains`. */
      readonly value: FilterValue | readonly FilterValue[];
    };

/** Values of one condition. */
export const LONGEST_LIST = 50;
/** Levels of and, or, not. */
export const DEEPEST_FILTER = 5;
/** Conditions of one filter, so that no filter is more than a moment's work to plan. */
export const MOST_CONDITIONS = 50;
export const LONGEST_TEXT = 200;

/**
 * The conditions of a filter as one tree, the same for filters that were written in different forms.
 *
 * @throws DomainError BAD_USER_INPUT if it is too deep, has too many conditions, or a list or text that is too long
 */
export function conditionsOf(filter: Filter, fields: FilterFields): Condition {
  let count = 0;

  function tree(filter: Filter, depth: number): Condition {
    if (depth > DEEPEST_FILTER) refuse(`may nest and, or, not ${DEEPEST_FILTER} levels deep`, "more");
    const parts: Condition[] = [];
    for (const [key, value] of Object.entries(filter) as [string, unknown][]) {
      if (value == null) continue;
      if (key === "and") parts.push({ all: (value as Filter[]).map((part) => tree(part, depth + 1)) });
      else if (key === "or") parts.push({ any: (value as Filter[]).map((part) => tree(part, depth + 1)) });
      else if (key === "not") parts.push({ not: tree(value, depth + 1) });
      else if (key === "where") parts.push(tree(value, depth));
      else if (key === "text") parts.push(one({ text: checkedText(value as string) }));
      else parts.push(...comparisons(key, value));
    }
    return parts.length === 1 ? parts[0]! : { all: parts };
  }

  function comparisons(field: string, value: unknown): Condition[] {
    const { short } = fields[field]!; // the schema knows no other field
    const isPlain = typeof value !== "object" || Array.isArray(value) || value instanceof Date;
    const comparators = isPlain ? [[short!, value]] : Object.entries(value as object);
    return (comparators as [Comparator, FilterValue | FilterValue[] | null | undefined][])
      .filter(([, operand]) => operand != null)
      .map(([comparator, operand]) => {
        if (Array.isArray(operand) && operand.length > LONGEST_LIST) {
          refuse(`${field} must hold at most ${LONGEST_LIST} values`, operand.length);
        }
        return one({ field, comparator, value: operand! });
      });
  }

  function one(condition: Condition): Condition {
    if (++count > MOST_CONDITIONS) refuse(`must hold at most ${MOST_CONDITIONS} conditions`, "more");
    return condition;
  }

  return tree(filter, 1);
}

/** The same text for the same conditions, whatever the order in which they were written; "" for none. */
export function conditionKey(condition: Condition): string {
  if ("all" in condition) {
    const keys = sortedKeys(condition.all).filter((key) => key !== "");
    return keys.length <= 1 ? (keys[0] ?? "") : JSON.stringify(["all", keys]);
  }
  if ("any" in condition) return JSON.stringify(["any", sortedKeys(condition.any)]);
  if ("not" in condition) return JSON.stringify(["not", conditionKey(condition.not)]);
  if ("text" in condition) return JSON.stringify(["text", condition.text]);
  const { field, comparator, value } = condition;
  const values = Array.isArray(value) ? [...(value as string[])].sort() : value;
  return JSON.stringify([field, comparator, values]);
}

function sortedKeys(conditions: readonly Condition[]): string[] {
  return [...new Set(conditions.map((condition) => conditionKey(condition)))].sort();
}

function checkedText(text: string): string {
  if (text.length > LONGEST_TEXT) refuse(`text must have at most ${LONGEST_TEXT} characters`, text.length);
  return text;
}

function refuse(expected: string, got: unknown): never {
  throw new DomainError("BAD_USER_INPUT", `A filter's ${expected}, got ${String(got)}.`);
}
