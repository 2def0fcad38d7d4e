import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";

import {
  type Condition,
  conditionsOf,
  type Filter,
  type FilterField,
  type FilterFields,
} from "./filter-language.js";

/** A piece of SQL with its parameters by name. */
interface Sql {
  readonly text: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Narrows a query to what a filter admits. Every value goes to the database as a parameter; only names of the schema, from
 * `fields`, become part of the statement.
 *
 * @throws DomainError BAD_USER_INPUT if the filter is too large, see `conditionsOf`
 */
export function applyFilter<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  filter: Filter,
  fields: FilterFields,
): SelectQueryBuilder<Row> {
  const { text, parameters } = compile(conditionsOf(filter, fields), fields, query.alias);
  return query.andWhere(text, parameters);
}

function compile(condition: Condition, fields: FilterFields, alias: string): Sql {
  const parameters: Record<string, unknown> = {};
  const parameter = (value: unknown): string => {
    const name = `filter${Object.keys(parameters).length}`;
    parameters[name] = value;
    return `:${name}`;
  };

  function sql(condition: Condition): string {
    if ("all" in condition) return joined(condition.all, "AND", "TRUE");
    if ("any" in condition) return joined(condition.any, "OR", "FALSE");
    // What is not known to meet a condition does not meet it.
    if ("not" in condition) return `(${sql(condition.not)}) IS NOT TRUE`;
    if ("text" in condition)
      return searchSql(alias, parameter(condition.text), parameter(pattern(condition.text)));
    const field = fields[condition.field]!;
    return comparison(`${alias}.${field.column}`, field, condition, parameter);
  }

  function joined(parts: readonly Condition[], joint: string, none: string): string {
    return parts.length === 0 ? none : `(${parts.map((part) => sql(part)).join(` ${joint} `)})`;
  }

  return { text: sql(condition), parameters };
}

/**
 * Whether a row holds the words of a search (quotes, `or` and a leading minus as in web searches), in any form of theirs,
 * or has the text as it stands in its name, so that half a name finds it too.
 */
function searchSql(alias: string, words: string, part: string): string {
  return `(${alias}.search @@ websearch_to_tsquery('english', ${words}) OR lower(${alias}.name) LIKE lower(${part}))`;
}

type Comparison = Extract<Condition, { field: string }>;

function comparison(
  column: string,
  { kind }: FilterField,
  { comparator, value }: Comparison,
  parameter: (value: unknown) => string,
): string {
  if (kind === "labels") {
    const labels = parameter(Array.isArray(value) ? value : [value]);
    return `${column} ${comparator === "in" ? "&&" : "@>"} ${labels}::text[]`;
  }
  switch (comparator) {
    case "contains":
      return `lower(${column}) LIKE lower(${parameter(pattern(value as string))})`;
    case "gte":
      return `${column} >= ${parameter(value)}`;
    case "lte":
      return `${column} <= ${parameter(value)}`;
    case "eq":
      return kind === "name"
        ? `lower(${column}) = lower(${parameter(value)})`
        : `${column} = ${parameter(value)}`;
    case "in": {
      const values = parameter(value);
      return kind === "name"
        ? `lower(${column}) = ANY(ARRAY(SELECT lower(unnest(${values}::text[]))))`
        : `${column} = ANY(${values})`;
    }
  }
}

/** The text anywhere, with LIKE's own signs taken as they stand. */
function pattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
