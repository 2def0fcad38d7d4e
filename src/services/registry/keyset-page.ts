import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";

import { DomainError } from "../../errors.js";

export interface PageRequest {
  /** 1 to 100 */
  readonly first: number;
  /** The cursor of the last item of the page before. */
  readonly after?: string | null | undefined;
}

export interface Page<Item> {
  readonly items: Item[];
  /** One for each item. */
  readonly cursors: string[];
  readonly hasNextPage: boolean;
  /** Counts all items, not only this page's; runs its query only when called. */
  readonly totalCount: () => Promise<number>;
}

/** The columns that order a list, all in one direction; together they must be unique. */
export interface PageOrder<Item> {
  readonly columns: readonly OrderColumn<Item>[];
  readonly direction: "ASC" | "DESC";
}

export interface OrderColumn<Item> {
  readonly property: keyof Item & string;
  readonly kind: "id" | "text" | "number" | "place";
  /** The number that stands for "unknown" in a column that may be null; an index must name the same. */
  readonly whenNull?: number;
}

/** Ids are UUIDs of version 7, whose order is that of creation; so one column orders by age and is unique. */
export const NEWEST_FIRST: PageOrder<{ id: string }> = {
  columns: [{ property: "id", kind: "id" }],
  direction: "DESC",
};

export const LARGEST_PAGE = 100;

/**
 * One page of a list by keyset, see `orderedPage`.
 *
 * @param query selects the list without order or limit, from an alias
 * @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 or the cursor is not one of this list's
 */
export async function keysetPage<Item extends ObjectLiteral>(
  query: SelectQueryBuilder<Item>,
  order: PageOrder<Item>,
  request: PageRequest,
): Promise<Page<Item>> {
  const rows = await orderedPage(query, order, request).getMany();
  return toPage(rows, order, request, () => query.getCount());
}

/**
 * The rows of a page and one more, by keyset: the cursor holds the order columns of the last item, and the next page begins behind
 * it. The cost does not grow with the position, and rows that come or go meanwhile shift nothing.
 *
 * @param query selects the list without order or limit, from an alias
 * @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 or the cursor is not one of this list's
 */
export function orderedPage<Item extends ObjectLiteral>(
  query: SelectQueryBuilder<Item>,
  { columns, direction }: PageOrder<Item>,
  { first, after }: PageRequest,
): SelectQueryBuilder<Item> {
  checkFirst(first);
  const page = query.clone();
  const places = columns.map((column) => placeOf(query.alias, column));
  for (const place of places) page.addOrderBy(place, direction);
  if (after != null) {
    const values = decodeCursor(
      after,
      columns.map(({ kind }) => kind),
    );
    const parameters = Object.fromEntries(values.map((value, i) => [`cursor${i}`, value]));
    // A comparison of rows, which an index over the columns answers wherever the page begins.
    const behind = `(${Object.keys(parameters)
      .map((name) => `:${name}`)
      .join(", ")})`;
    page.andWhere(`(${places.join(", ")}) ${direction === "ASC" ? ">" : "<"} ${behind}`, parameters);
  }
  return page.limit(first + 1);
}

/** @param rows of a page and, where the list goes on, one more */
export function toPage<Item>(
  rows: readonly Item[],
  { columns }: PageOrder<Item>,
  { first }: PageRequest,
  totalCount: () => Promise<number>,
): Page<Item> {
  const items = rows.slice(0, first);
  return {
    items,
    cursors: items.map((item) =>
      encodeCursor(columns.map(({ property, whenNull }) => (item[property] as unknown) ?? whenNull)),
    ),
    hasNextPage: rows.length > first,
    totalCount,
  };
}

function placeOf<Item>(alias: string, { property, whenNull }: OrderColumn<Item>): string {
  const place = `${alias}.${property}`;
  return whenNull === undefined ? place : `coalesce(${place}, ${whenNull})`;
}

/** @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 */
export function checkFirst(first: number): void {
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE) {
    throw new DomainError("BAD_USER_INPUT", `first must be 1 to ${LARGEST_PAGE}, got ${first}.`);
  }
}

/** A page of a list that is in memory, newest first. @throws DomainError as `keysetPage` */
export function pageOf<Item extends { readonly id: string }>(
  list: readonly Item[],
  { first, after }: PageRequest,
): Page<Item> {
  checkFirst(first);
  const last = after == null ? undefined : decodeIdCursor(after);
  const rest = last === undefined ? list : list.filter(({ id }) => id < last);
  const items = rest.slice(0, first);
  return {
    items,
    cursors: items.map(({ id }) => encodeIdCursor(id)),
    hasNextPage: rest.length > first,
    totalCount: async () => list.length,
  };
}

/** The cursor of a list that is ordered by id alone. */
export function encodeIdCursor(id: string): string {
  return encodeCursor([id]);
}

/** @throws DomainError BAD_USER_INPUT if it is not a cursor of such a list */
export function decodeIdCursor(cursor: string): string {
  return decodeCursor(cursor, ["id"])[0] as string;
}

/** The cursor of a list whose items have their places, 0 the first. */
export function encodeNumberCursor(number: number): string {
  return encodeCursor([number]);
}

/** @throws DomainError BAD_USER_INPUT if it is not a cursor of such a list */
export function decodeNumberCursor(cursor: string): number {
  return decodeCursor(cursor, ["place"])[0] as number;
}

function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

const FORMS: Readonly<Record<OrderColumn<object>["kind"], (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && UUID.test(value),
  text: (value) => typeof value === "string" && !value.includes("\0"),
  number: (value) => Number.isFinite(value),
  place: (value) => Number.isInteger(value) && Number(value) >= 0,
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function decodeCursor(cursor: string, kinds: readonly OrderColumn<object>["kind"][]): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (
      Array.isArray(values) &&
      values.length === kinds.length &&
      kinds.every((kind, i) => FORMS[kind](values[i]))
    ) {
      return values;
    }
  } catch {
    // Not JSON: the same answer as for JSON of another shape.
  }
  throw new DomainError(
    "BAD_USER_INPUT",
    "after is not a cursor of this list; pass the endCursor of the page before, with the same order.",
  );
}
