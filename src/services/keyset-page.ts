import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";

import { DomainError } from "../errors.js";

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

/** One column that orders a list. The last one must be unique. */
export interface OrderColumn<Item> {
  readonly property: keyof Item & string;
  readonly direction: "ASC" | "DESC";
}

export const LARGEST_PAGE = 100;

/**
 * One page of a list by keyset: the cursor holds the order columns of the last item, and the next page begins behind
 * it. The cost does not grow with the position, and rows that come or go meanwhile shift nothing.
 *
 * @param query selects the list without order or limit, from an alias
 * @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 or the cursor is not one of this list's
 */
export async function keysetPage<Item extends ObjectLiteral>(
  query: SelectQueryBuilder<Item>,
  order: readonly OrderColumn<Item>[],
  request: PageRequest,
): Promise<Page<Item>> {
  const { first, after } = request;
  checkFirst(first);
  const page = query.clone();
  for (const { property, direction } of order) {
    page.addOrderBy(`${query.alias}.${property}`, direction);
  }
  if (after != null) beginBehind(page, order, decodeCursor(after, order.length));

  const rows = await page.take(first + 1).getMany();
  const items = rows.slice(0, first);
  return {
    items,
    cursors: items.map((item) => encodeCursor(order.map(({ property }) => item[property]))),
    hasNextPage: rows.length > first,
    totalCount: () => query.getCount(),
  };
}

/** @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 */
export function checkFirst(first: number): void {
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE) {
    throw new DomainError("BAD_USER_INPUT", `first must be 1 to ${LARGEST_PAGE}, got ${first}.`);
  }
}

/** The cursor of a list that is ordered by id alone. */
export function encodeIdCursor(id: string): string {
  return encodeCursor([id]);
}

/** @throws DomainError BAD_USER_INPUT if it is not a cursor of such a list */
export function decodeIdCursor(cursor: string): string {
  return decodeCursor(cursor, 1)[0]!;
}

/** (a, b) behind (x, y): a > x or (a = x and b > y); each column in its own direction. */
function beginBehind<Item extends ObjectLiteral>(
  page: SelectQueryBuilder<Item>,
  order: readonly OrderColumn<Item>[],
  values: readonly string[],
): void {
  const parameters = Object.fromEntries(values.map((value, i) => [`cursor${i}`, value]));
  const alternatives = order.map(({ property, direction }, i) => {
    const equal = order.slice(0, i).map((column, j) => `${page.alias}.${column.property} = :cursor${j}`);
    const beyond = `${page.alias}.${property} ${direction === "ASC" ? ">" : "<"} :cursor${i}`;
    return `(${[...equal, beyond].join(" AND ")})`;
  });
  page.andWhere(`(${alternatives.join(" OR ")})`, parameters);
}

function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

function decodeCursor(cursor: string, length: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (
      Array.isArray(values) &&
      values.length === length &&
      values.every((value) => typeof value === "string" && !value.includes("\0"))
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
