import DataLoader from "dataloader";
import type { DataSource } from "typeorm";

import {
  checkFirst,
  decodeIdCursor,
  encodeIdCursor,
  type Page,
  type PageRequest,
} from "../services/registry/keyset-page.js";

/** A page of what belongs to one parent, such as the outcomes of a PTM. */
export interface ChildPageLoader<Child> {
  load(parentId: string, request: PageRequest): Promise<Page<Child>>;
}

/** Where the links lie: a row of `table` links a parent to the child's `id`. SQL of ours, never input. */
interface Link {
  readonly table: string;
  readonly id: string;
  /** Which rows are a parent's; `key.parent` is what the parent is known by, as text. */
  readonly match: string;
}

interface PageKey {
  readonly parentId: string;
  readonly first: number;
  readonly after: string | null;
}

/**
 * Pages of children for many parents at once, newest first: one statement finds the ids by a lateral join (each parent's
 * part reads `first` index entries), a second one loads the rows. The number of statements does not depend on the
 * number of parents.
 */
export function childPages<Child extends { id: string }>(
  dataSource: DataSource,
  entity: new () => Child,
  { table, id, match }: Link,
): ChildPageLoader<Child> {
  const pages = new DataLoader<PageKey, { items: Child[]; hasNextPage: boolean }, string>(
    async (keys) => {
      const links: { position: string; id: string }[] = await dataSource.query(
        `SELECT key.position, child.id
         FROM unnest($1::text[], $2::int[], $3::uuid[]) WITH ORDINALITY AS key(parent, first, after, position)
         CROSS JOIN LATERAL (
           SELECT ${id} AS id FROM ${table}
           WHERE ${match} AND (key.after IS NULL OR ${id} < key.after)
           ORDER BY ${id} DESC LIMIT key.first + 1
         ) AS child
         ORDER BY key.position, child.id DESC`,
        [keys.map((key) => key.parentId), keys.map((key) => key.first), keys.map((key) => key.after)],
      );
      const children = await dataSource
        .createQueryBuilder(entity, "child")
        .where("child.id = ANY(:ids)", { ids: [...new Set(links.map((link) => link.id))] })
        .getMany();
      const byId = new Map(children.map((child) => [child.id, child]));
      const found = keys.map((): Child[] => []);
      for (const link of links) {
        const child = byId.get(link.id);
        if (child) found[Number(link.position) - 1]?.push(child);
      }
      return keys.map(({ first }, i) => ({
        items: found[i]!.slice(0, first),
        hasNextPage: found[i]!.length > first,
      }));
    },
    { cacheKeyFn: (key) => JSON.stringify(key) },
  );

  const counts = new DataLoader<string, number>(async (parentIds) => {
    const rows: { parent: string; count: number }[] = await dataSource.query(
      `SELECT parent, (SELECT count(*)::int FROM ${table} WHERE ${match}) AS count
       FROM unnest($1::text[]) AS key(parent)`,
      [[...parentIds]],
    );
    const byParent = new Map(rows.map((row) => [row.parent, row.count]));
    return parentIds.map((parentId) => byParent.get(parentId) ?? 0);
  });

  return {
    async load(parentId, { first, after }) {
      checkFirst(first);
      const page = await pages.load({ parentId, first, after: after == null ? null : decodeIdCursor(after) });
      return {
        ...page,
        cursors: page.items.map((child) => encodeIdCursor(child.id)),
        totalCount: () => counts.load(parentId),
      };
    },
  };
}
