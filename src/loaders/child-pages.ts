import DataLoader from "dataloader";
import type { DataSource, SelectQueryBuilder } from "typeorm";

import {
  conditionKey,
  conditionsOf,
  type Filter,
  type FilterFields,
} from "../services/filters/filter-language.js";
import { applyFilter } from "../services/filters/filter-sql.js";
import {
  orderedPage,
  type Page,
  type PageOrder,
  type PageRequest,
  toPage,
} from "../services/registry/keyset-page.js";

/** Which children of a parent, and how. */
export interface ChildRequest<Order extends string> extends PageRequest {
  readonly filter?: Filter | null | undefined;
  /** NEWEST if absent. */
  readonly orderBy?: Order | undefined;
}

/** Pages of what belongs to one parent, such as the outcomes of a PTM. */
export interface ChildPageLoader<Child, Order extends string = "NEWEST"> {
  /** @throws DomainError BAD_USER_INPUT as `orderedPage` and `applyFilter` */
  load(parentId: string, request: ChildRequest<Order>): Promise<Page<Child>>;
}

/** What the children are. SQL of ours, never input. */
interface Children<Child, Order extends string> {
  readonly entity: new () => Child;
  /** Which rows of `child` are a parent's; `key.parent` is what the parent is known by, as text. */
  readonly match: string;
  readonly fields: FilterFields;
  readonly orders: Readonly<Record<Order, PageOrder<Child>>>;
  /** Columns too large to be read for all children; who shows them loads them by id. */
  readonly unread?: readonly (keyof Child & string)[];
}

interface PageKey<Order extends string> {
  readonly parentId: string;
  readonly request: ChildRequest<Order>;
  /** Equal for requests of the same children of different parents. */
  readonly question: string;
}

/**
 * Pages of children for many parents at once: for each question one statement finds the ids by a lateral join, in which each
 * parent's part is the keyset page that a list of its own would have; one more loads the rows. A field of an operation asks
 * all parents the same question, so the number of statements does not depend on the number of parents.
 */
export function childPages<Child extends { id: string }, Order extends string>(
  dataSource: DataSource,
  { entity, match, fields, orders, unread = [] }: Children<Child, Order>,
): ChildPageLoader<Child, Order> {
  const orderOf = ({ orderBy }: ChildRequest<Order>): PageOrder<Child> =>
    orders[orderBy ?? ("NEWEST" as Order)];
  const childrenOf = ({ filter }: ChildRequest<Order>): SelectQueryBuilder<Child> =>
    applyFilter(dataSource.createQueryBuilder(entity, "child").where(match), filter ?? {}, fields);

  async function idsOf(keys: readonly PageKey<Order>[]): Promise<string[][]> {
    const { request } = keys[0]!;
    const [page, parameters] = orderedPage(
      childrenOf(request).select("child.id", "id"),
      orderOf(request),
      request,
    ).getQueryAndParameters();
    const links = await dataSource.query<{ position: string; id: string }[]>(
      `SELECT key.position, page.id
       FROM unnest($${parameters.length + 1}::text[]) WITH ORDINALITY AS key(parent, position)
       CROSS JOIN LATERAL (SELECT child.id, row_number() OVER () AS place FROM (${page}) AS child) AS page
       ORDER BY key.position, page.place`,
      [...parameters, keys.map(({ parentId }) => parentId)],
    );
    const ids = keys.map((): string[] => []);
    for (const { position, id } of links) ids[Number(position) - 1]!.push(id);
    return ids;
  }

  const pages = new DataLoader<PageKey<Order>, Child[], string>(
    async (keys) => {
      const ids = await perQuestion(keys, idsOf);
      const columns = dataSource.getMetadata(entity).columns.map(({ propertyName }) => propertyName);
      const isRead = (name: string): boolean => !(unread as readonly string[]).includes(name);
      const rows = await dataSource
        .createQueryBuilder(entity, "child")
        .select(columns.filter(isRead).map((name) => `child.${name}`))
        .where("child.id = ANY(:ids)", { ids: [...new Set(ids.flat())] })
        .getMany();
      const byId = new Map(rows.map((child) => [child.id, child]));
      return ids.map((ofKey) => ofKey.flatMap((id) => byId.get(id) ?? []));
    },
    { cacheKeyFn },
  );

  async function countsOf(keys: readonly PageKey<Order>[]): Promise<number[]> {
    const children = childrenOf(keys[0]!.request).select("count(*)::int", "count");
    const [counting, parameters] = children.getQueryAndParameters();
    const rows = await dataSource.query<{ count: number }[]>(
      `SELECT counted.count FROM unnest($${parameters.length + 1}::text[]) WITH ORDINALITY AS key(parent, position)
       CROSS JOIN LATERAL (${counting}) AS counted ORDER BY key.position`,
      [...parameters, keys.map(({ parentId }) => parentId)],
    );
    return rows.map(({ count }) => count);
  }

  const counts = new DataLoader<PageKey<Order>, number, string>((keys) => perQuestion(keys, countsOf), {
    cacheKeyFn,
  });

  return {
    async load(parentId, request) {
      const conditions = conditionKey(conditionsOf(request.filter ?? {}, fields));
      const { first, after, orderBy } = request;
      const question = JSON.stringify([conditions, orderBy, first, after]);
      const rows = await pages.load({ parentId, request, question });
      return toPage(rows, orderOf(request), request, () =>
        counts.load({ parentId, request, question: conditions }),
      );
    },
  };
}

/** Answers the keys of each question together. @returns in the order of the keys */
async function perQuestion<Order extends string, Answer>(
  keys: readonly PageKey<Order>[],
  answer: (keys: readonly PageKey<Order>[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  const questions = new Map<string, PageKey<Order>[]>();
  for (const key of keys) questions.set(key.question, [...(questions.get(key.question) ?? []), key]);
  const answers = new Map<PageKey<Order>, Answer>();
  await Promise.all(
    [...questions.values()].map(async (group) => {
      for (const [i, found] of (await answer(group)).entries()) answers.set(group[i]!, found);
    }),
  );
  return keys.map((key) => answers.get(key)!);
}

const cacheKeyFn = ({ parentId, question }: PageKey<string>): string => `${parentId} ${question}`;
