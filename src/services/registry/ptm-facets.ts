import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { applyPtmFilter, filterKey, type PtmFilter } from "../filters/ptm-filter.js";
import type { ZooStates } from "../ranking/zoo-state.js";
import { remember } from "../remember.js";
import { checkFirst } from "./keyset-page.js";

const ANSWERS_KEPT = 100;

/** A value that PTMs have in common. */
export interface Facet {
  readonly value: string;
  /** How many of the PTMs have it. */
  readonly count: number;
}

export interface Facets {
  readonly tags: readonly Facet[];
  readonly licenses: readonly Facet[];
  readonly architectures: readonly Facet[];
}

/** What the PTMs that a filter admits have in common, the most frequent first: what to narrow the list by next. */
export class PtmFacets {
  /** By the state of the registry: every change of a PTM moves its counter. */
  readonly #answers = new LRUCache<string, Promise<Facets>>({ max: ANSWERS_KEPT });

  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
  ) {}

  /**
   * @param first how many values of each kind, 1 to 100
   * @throws DomainError BAD_USER_INPUT
   */
  async run(filter: PtmFilter, first: number): Promise<Facets> {
    checkFirst(first);
    const { tokens } = await this.states.read();
    const key = JSON.stringify([tokens, filterKey(filter), first]);
    return remember(this.#answers, key, () => this.#count(filter, first));
  }

  async #count(filter: PtmFilter, first: number): Promise<Facets> {
    // Versions of a name mostly agree in all three, so that far fewer groups than PTMs are taken apart.
    const [admitted, parameters] = applyPtmFilter(
      this.dataSource
        .createQueryBuilder(Ptm, "ptm")
        .select(["ptm.license AS license", "ptm.architecture AS architecture", "ptm.tags AS tags"])
        .addSelect("count(*)", "ptms")
        .groupBy("ptm.license, ptm.architecture, ptm.tags"),
      filter,
    ).getQueryAndParameters();
    const rows: (Facet & { kind: keyof Facets; place: string })[] = await this.dataSource.query(
      `WITH admitted AS MATERIALIZED (${admitted}),
            counted AS (
              SELECT 'licenses' AS kind, license AS value, sum(ptms)::int AS count FROM admitted GROUP BY 2
              UNION ALL
              SELECT 'architectures', architecture, sum(ptms)::int FROM admitted GROUP BY 2
              UNION ALL
              SELECT 'tags', tag, sum(ptms)::int FROM admitted, unnest(tags) AS tag GROUP BY 2
            ),
            placed AS (
              SELECT *, row_number() OVER (PARTITION BY kind ORDER BY count DESC, value) AS place
              FROM counted WHERE value IS NOT NULL
            )
       SELECT kind, value, count FROM placed WHERE place <= $${parameters.length + 1} ORDER BY kind, place`,
      [...parameters, first],
    );
    const of = (wanted: keyof Facets): Facet[] => rows.filter(({ kind }) => kind === wanted);
    return { tags: of("tags"), licenses: of("licenses"), architectures: of("architectures") };
  }
}
