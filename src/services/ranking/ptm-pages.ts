import { setImmediate } from "node:timers/promises";

import type { DataSource, SelectQueryBuilder } from "typeorm";

import type { Ptm } from "../../entities/ptm.js";
import { PtmIds } from "./ptm-ids.js";

/** PTMs whose ids come as one value: a million rows as objects would hold the event loop for seconds. */
const PAGE_ROWS = 16_384;

/**
 * Where the PTMs of a query stand, ascending.
 *
 * @param query selects `id` of PTMs, each once
 */
export async function readIdPages(
  dataSource: DataSource,
  query: SelectQueryBuilder<Ptm>,
  ids: PtmIds,
): Promise<Int32Array> {
  const [sql, parameters] = query.getQueryAndParameters();
  const pages = await dataSource.query<{ ids: Buffer }[]>(
    `SELECT string_agg(uuid_send(id), ''::bytea ORDER BY id) AS ids
     FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / ${PAGE_ROWS} AS page FROM (${sql}) found) numbered
     GROUP BY page ORDER BY page`,
    parameters,
  );
  const positions: Int32Array[] = [];
  let count = 0;
  for (const page of pages) {
    const found = ids.positionsOf(new PtmIds(page.ids));
    positions.push(found);
    count += found.length;
    await setImmediate();
  }
  const all = new Int32Array(count);
  let next = 0;
  for (const some of positions) {
    all.set(some, next);
    next += some.length;
  }
  return all;
}

/**
 * A number of each PTM, by position; NaN where there is none.
 *
 * @param select gives `id` of PTMs, each once, and `value`; a text of this program, never input, which is in the parameters
 */
export async function valuesByPosition(
  dataSource: DataSource,
  select: string,
  ids: PtmIds,
  parameters: readonly unknown[] = [],
): Promise<Float64Array> {
  const pages = await dataSource.query<{ ids: Buffer; values: Buffer }[]>(
    `SELECT string_agg(uuid_send(id), ''::bytea ORDER BY id) AS ids,
            string_agg(float8send(coalesce(value::float8, 'NaN')), ''::bytea ORDER BY id) AS values
     FROM (SELECT id, value, (row_number() OVER (ORDER BY id) - 1) / ${PAGE_ROWS} AS page
           FROM (${select}) valued) numbered
     GROUP BY page ORDER BY page`,
    [...parameters],
  );
  const values = new Float64Array(ids.length).fill(NaN);
  for (const page of pages) {
    const known = new PtmIds(page.ids);
    // Which of the page's PTMs are in the zoo, and where: two ascending lists of equal length.
    const places = known.positionsOf(ids);
    const positions = ids.positionsOf(known);
    positions.forEach((position, i) => (values[position] = page.values.readDoubleBE(8 * places[i]!)));
    await setImmediate();
  }
  return values;
}
