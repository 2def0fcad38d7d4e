import { keyOf, type IdType } from "./global-id.js";

/**
 * A filter with the rows' own ids in place of the API's, on every level.
 *
 * @param types the type behind each field that holds an id
 * @throws DomainError NOT_FOUND for what is no id of that type
 */
export function withKeys<Filter extends object>(
  filter: Filter,
  types: Readonly<Record<string, IdType>>,
): Filter {
  const entries = Object.entries(filter).map(([field, value]: [string, unknown]): [string, unknown] => {
    if (value == null) return [field, value];
    if (field === "and" || field === "or")
      return [field, (value as object[]).map((part) => withKeys(part, types))];
    if (field === "not") return [field, withKeys(value, types)];
    const type = types[field];
    return [field, type === undefined ? value : keyOf(type, value as string)];
  });
  return Object.fromEntries(entries) as Filter;
}
