import type { DataSource } from "typeorm";

import type { ParetoComparison } from "../../engine/ranking/pareto-comparison.js";
import type { ParetoThread } from "../../engine/runtime/pareto-thread.js";
import type { Spider } from "../../entities/spider.js";
import type { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import type { PtmFilter } from "../filters/ptm-filter.js";
import {
  checkFirst,
  decodeNumberCursor,
  encodeNumberCursor,
  type Page,
  type PageRequest,
} from "../registry/keyset-page.js";
import { latencyCircumstances, type PtmCost, readCosts } from "./ptm-costs.js";
import type { RankZoo, ScoredZoo } from "./rank-zoo.js";
import type { ZooIndex } from "./zoo-index.js";

export interface ParetoQuestion {
  readonly taskId: string;
  /** At least one; repeated ones count once. */
  readonly costs: readonly PtmCost[];
  readonly filter: PtmFilter;
}

export interface ParetoPtm {
  readonly ptmId: string;
  /** Among all PTMs that the filter admits; 1 is best. */
  readonly rank: number;
  readonly fitness: number;
  /** In the order of the question. */
  readonly costs: readonly { readonly cost: PtmCost; readonly value: number | null }[];
}

export interface ParetoAnswer {
  readonly task: Task;
  readonly spider: Spider;
  readonly zooSize: number;
  /** PTMs that nothing beats, fittest first. */
  readonly front: ParetoList;
  /** PTMs of which a cost is not known, fittest first: they are not compared. */
  readonly unknown: ParetoList;
  /** What latencies are compared under; null where they are not asked for. */
  readonly latencyCircumstances: string | null;
}

/** PTMs in an order, of which pages are told. */
export class ParetoList {
  constructor(
    private readonly positions: Int32Array,
    private readonly tell: (position: number) => ParetoPtm,
  ) {}

  /** @throws DomainError BAD_USER_INPUT if `first` is not in 1..100 or the cursor is not one of this list's */
  page({ first, after }: PageRequest): Page<ParetoPtm> {
    checkFirst(first);
    const begin = after == null ? 0 : decodeNumberCursor(after) + 1;
    const items = Array.from(this.positions.subarray(begin, begin + first), (position) =>
      this.tell(position),
    );
    return {
      items,
      cursors: items.map((_, i) => encodeNumberCursor(begin + i)),
      hasNextPage: begin + first < this.positions.length,
      totalCount: async () => this.positions.length,
    };
  }
}

/** Finds the PTMs that nothing beats on fitness for a task and on what they cost. Runs no PTM. */
export class FindParetoFront {
  /** Costs that only a change of a PTM changes, which makes a new index. */
  readonly #kept = new WeakMap<ZooIndex, Map<PtmCost, Promise<Float64Array>>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly rankZoo: RankZoo,
    private readonly thread: ParetoThread,
  ) {}

  /** @throws DomainError BAD_USER_INPUT (no cost), and as `RankZoo.run` */
  async run({ taskId, costs: asked, filter }: ParetoQuestion): Promise<ParetoAnswer> {
    const costs = [...new Set(asked)];
    if (costs.length === 0)
      throw new DomainError("BAD_USER_INPUT", "cost must name at least one cost, got none.");
    return this.rankZoo.scored(taskId, filter, async (zoo) => {
      const values = await Promise.all(costs.map((cost) => this.#costs(cost, zoo.index)));
      const isTimed = costs.includes("LATENCY");
      const { positions } = zoo.admitted;
      const comparison = await this.thread.compare(
        gather(new Float32Array(positions.length), zoo.fitness, positions),
        values.map((value) => gather(new Float64Array(positions.length), value, positions)),
      );
      return {
        ...answer(zoo, costs, values, comparison),
        latencyCircumstances: isTimed ? await latencyCircumstances(this.dataSource) : null,
      };
    });
  }

  #costs(cost: PtmCost, index: ZooIndex): Promise<Float64Array> {
    if (cost === "LATENCY") return readCosts(this.dataSource, cost, index.ptmIds); // measured at any time
    let kept = this.#kept.get(index);
    if (kept === undefined) this.#kept.set(index, (kept = new Map()));
    const known = kept.get(cost);
    if (known !== undefined) return known;
    const reading = readCosts(this.dataSource, cost, index.ptmIds);
    kept.set(cost, reading);
    reading.catch(() => kept.delete(cost));
    return reading;
  }
}

function answer(
  { task, index: { ptmIds, spider }, fitness, admitted: { positions } }: ScoredZoo,
  costs: readonly PtmCost[],
  values: readonly Float64Array[],
  { order, front, unknown }: ParetoComparison,
): Omit<ParetoAnswer, "latencyCircumstances"> {
  const ranks = new Int32Array(ptmIds.length); // by position
  order.forEach((place, i) => (ranks[positions[place]!] = i + 1));
  const tell = (position: number): ParetoPtm => ({
    ptmId: ptmIds.at(position)!,
    rank: ranks[position]!,
    fitness: fitness[position]!,
    costs: costs.map((cost, i) => {
      const value = values[i]![position]!;
      return { cost, value: Number.isNaN(value) ? null : value };
    }),
  });
  const list = (places: Int32Array): ParetoList =>
    new ParetoList(
      places.map((place) => positions[place]!),
      tell,
    );
  return { task, spider, zooSize: order.length, front: list(front), unknown: list(unknown) };
}

/** A loop: of fifty thousand values `from` takes milliseconds, and this runs in the server's thread. */
function gather<Values extends Float32Array | Float64Array>(
  into: Values,
  values: ArrayLike<number>,
  positions: Int32Array,
): Values {
  for (let i = 0; i < positions.length; i++) into[i] = values[positions[i]!]!;
  return into;
}
