import type { DataSource } from "typeorm";

import type { PtmIds } from "./ptm-ids.js";
import { valuesByPosition } from "./ptm-pages.js";

/** New PTMs whose architectures are read one by one, as a share of the zoo; for more it is read anew. */
const MOST_NEW = 0.02;

/**
 * The architectures of a zoo's PTMs as numbers: equal for PTMs of one architecture, and a PTM without one is a family of its
 * own. A PTM never changes its architecture, so the families of a zoo that changed are those of before and the new PTMs'.
 */
export class ZooFamilies {
  private constructor(
    private readonly ids: PtmIds,
    /** By position. */
    readonly numbers: Int32Array,
    private readonly numberOf: ReadonlyMap<string, number>,
    /** Numbers that were given. */
    private readonly count: number,
  ) {}

  /** @param before of another state of the zoo */
  static async read(dataSource: DataSource, ids: PtmIds, before?: ZooFamilies): Promise<ZooFamilies> {
    if (before === undefined) return ZooFamilies.#readAll(dataSource, ids);
    const places = ids.placesIn(before.ids);
    const numbers = new Int32Array(ids.length);
    const unknown: number[] = [];
    for (let position = 0; position < numbers.length; position++) {
      const place = places[position]!;
      if (place < 0) unknown.push(position);
      else numbers[position] = before.numbers[place]!;
    }
    if (unknown.length > MOST_NEW * ids.length + 1) return ZooFamilies.#readAll(dataSource, ids);
    const rows: { id: string; architecture: string | null }[] = await dataSource.query(
      "SELECT id, architecture FROM ptm WHERE id = ANY($1)",
      [unknown.map((position) => ids.at(position)!)],
    );
    const architectures = new Map(rows.map(({ id, architecture }) => [id, architecture]));
    const numberOf = new Map(before.numberOf);
    let { count } = before;
    for (const position of unknown) {
      const architecture = architectures.get(ids.at(position)!) ?? null;
      const known = architecture === null ? undefined : numberOf.get(architecture);
      numbers[position] = known ?? count++;
      if (architecture !== null) numberOf.set(architecture, numbers[position]);
    }
    return new ZooFamilies(ids, numbers, numberOf, count);
  }

  static async #readAll(dataSource: DataSource, ids: PtmIds): Promise<ZooFamilies> {
    const rows: { architecture: string }[] = await dataSource.query(
      "SELECT DISTINCT architecture FROM ptm WHERE architecture IS NOT NULL ORDER BY architecture",
    );
    const names = rows.map(({ architecture }) => architecture);
    const values = await valuesByPosition(
      dataSource,
      `SELECT id, number - 1 AS value FROM ptm
       LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS known (label, number) ON label = architecture`,
      ids,
      [names],
    );
    let count = names.length;
    const numbers = new Int32Array(values.length);
    for (let position = 0; position < numbers.length; position++) {
      numbers[position] = Number.isNaN(values[position]) ? count++ : values[position]!;
    }
    return new ZooFamilies(ids, numbers, new Map(names.map((name, i) => [name, i])), count);
  }
}
