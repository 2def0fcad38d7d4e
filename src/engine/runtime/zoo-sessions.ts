import type { Matrix } from "../matrix.js";
import {
  gramScoreGraph,
  gramShapes,
  projectedScoreGraph,
  projectGraph,
  PTM_SCALARS,
} from "../spider/gram-graph.js";
import { scoreGraph } from "../spider/score-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import { readTokens } from "../spider/token-storage.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { FoldedSpider } from "./folded-spider.js";
import type { GramRows, RerankedPtm, Rows } from "./folded-spider.js";
import { KeptZoo, keepTokens, scalarsOf, TILE_ROWS } from "./kept-zoo.js";
import type { KeptTokens, ZooChanges, ZooTile } from "./kept-zoo.js";
import { OwnRows } from "./own-rows.js";
import { ResidentTokens } from "./resident-tokens.js";
import { cheaperForm } from "./score-form.js";
import { float32Values, Session } from "./session.js";
import type { NamedTensor } from "./session.js";

export type { RerankedPtm } from "./folded-spider.js";

/** Rows of projections that one pass over the tokens serves: more and a tile's products leave the cache. */
const PROJECTIONS_AT_ONCE = 1024;

interface GramTask {
  readonly rows: GramRows;
  readonly classes: number;
  /** Where the fitness of each row goes. */
  readonly fitness: Float32Array;
}

type Graphs = Record<
  "score" | "gramScore" | "gramScoreAdded" | "project" | "projectAdded" | "projectedScore",
  Session
>;

/**
 * A zoo made ready for ranking under one spider: whatever belongs to a PTM alone is computed when the zoo is opened.
 * Scoring holds the event loop; ZooScorer keeps a zoo in a worker thread. Shapes are the caller's duty here.
 *
 * Two exact forms score a task: the folded one of score-graph.ts and the Gram form of gram-graph.ts. Which is cheaper
 * depends on the task and the zoo (score-form.ts). A device other than the processor takes the Gram form, over tokens
 * that it holds; what concerns a few PTMs only stays with the processor.
 *
 * Letters: M PTMs, d token width, C classes.
 */
export class ZooSessions {
  private constructor(
    private readonly folded: FoldedSpider,
    private readonly zoo: KeptZoo,
    private readonly graphs: Graphs,
    private readonly ownRows: OwnRows,
    private readonly resident: ResidentTokens | undefined,
    private readonly formFor: typeof cheaperForm,
  ) {}

  /**
   * @param zoo      theta [M, d], or tokens that were prepared before; kept, not copied
   * @param provider what runs rankings, see requireTrusted; all else runs on the processor
   * @param formFor  says which form a task takes on the processor; both give the same
   * @throws RangeError if a token's own products leave the range of float32; DeviceFailure if the tokens cannot be brought
   *   to the device
   */
  static async open(
    spider: SpiderParameters,
    zoo: Matrix | KeptTokens,
    provider: ExecutionProvider = "cpu",
    formFor: typeof cheaperForm = cheaperForm,
  ): Promise<ZooSessions> {
    const folded = await FoldedSpider.open(spider);
    const kept = KeptZoo.of("scalars" in zoo ? zoo : await keepTokens(folded, zoo));
    const open = (graph: Uint8Array): Promise<Session> => Session.openOn(graph, "cpu");
    const graphs: Graphs = {
      score: await open(scoreGraph(spider)),
      gramScore: await open(gramScoreGraph(spider, kept.storage)),
      gramScoreAdded: await open(gramScoreGraph(spider, "float32")),
      project: await open(projectGraph(spider, kept.storage)),
      projectAdded: await open(projectGraph(spider, "float32")),
      projectedScore: await open(projectedScoreGraph(spider)),
    };
    const resident = provider === "cpu" ? undefined : new ResidentTokens(provider, spider);
    await resident?.upload(kept);
    return new ZooSessions(folded, kept, graphs, new OwnRows(folded), resident, formFor);
  }

  /** PTMs of the zoo. */
  get size(): number {
    return this.zoo.size;
  }

  /** The zoo as it is after changes to the tokens that were kept; shares them and the graphs with this one. */
  async changed(changes: ZooChanges): Promise<ZooSessions> {
    const zoo = await this.zoo.changed(changes, this.folded);
    await this.resident?.upload(zoo);
    return new ZooSessions(this.folded, zoo, this.graphs, this.ownRows, this.resident, this.formFor);
  }

  /** Frees what a changed zoo does not share with the one it was made from. */
  async forget(): Promise<void> {
    if (this.zoo.added) await this.resident?.release(this.zoo.added);
  }

  /**
   * @param taskToken mu [C, d_psi]
   * @returns fitness of every PTM as its token is stored, by position, shape [M]
   * @throws RangeError if a fitness is not finite
   */
  async score(taskToken: Matrix): Promise<Float32Array> {
    const [fitness] = await this.scoreMany([taskToken]);
    return fitness!;
  }

  /**
   * Scores several tasks in one pass over the tokens, as far as their form allows.
   *
   * @param taskTokens each mu [C, d_psi], C may differ
   * @param into       where the fitness goes, shape [M] for each task; absent: to new arrays
   * @returns fitness for each task, each shape [M]
   * @throws RangeError if a fitness is not finite; what is in `into` then is of no use
   */
  async scoreMany(
    taskTokens: readonly Matrix[],
    into: Float32Array[] = taskTokens.map(() => new Float32Array(this.zoo.size)),
  ): Promise<Float32Array[]> {
    const { isOrdered, rows } = this.zoo;
    const byRow = isOrdered ? into : taskTokens.map(() => new Float32Array(rows));
    await this.#scoreRows(taskTokens, byRow);
    for (const [task, fitness] of byRow.entries()) {
      requireFitness(fitness);
      if (!isOrdered) this.zoo.byPosition(fitness, into[task]!);
    }
    return into;
  }

  /** Whether tokens are stored too narrow to tell the best apart, with exact ones behind them. */
  get isNarrow(): boolean {
    return this.zoo.isNarrow;
  }

  /**
   * @param positions of a few PTMs
   * @returns their fitness as their exact tokens have it, in the order of `positions`
   * @throws RangeError if a fitness is not finite
   */
  async scoreExactly(taskToken: Matrix, positions: Int32Array): Promise<Float32Array> {
    const tokens = await this.zoo.exactTokens(positions);
    return this.#scoreFolded(tokens, await this.folded.taskRows(taskToken), positions[0] ?? 0);
  }

  /**
   * @returns fitness of the given PTMs with their specific rows, in the order of `ptms`
   * @throws RangeError if a fitness is not finite
   */
  async scoreReranked(taskToken: Matrix, ptms: readonly RerankedPtm[]): Promise<Float32Array> {
    const rows = await this.folded.taskRows(taskToken);
    const fitness = new Float32Array(ptms.length);
    for (const [i, ptm] of ptms.entries()) {
      const token = await this.zoo.exactTokens(Int32Array.of(ptm.ptmIndex));
      const specific = await this.folded.specificRows(rows, ptm);
      fitness.set(await this.#scoreFolded(token, specific, ptm.ptmIndex), i);
    }
    return fitness;
  }

  /** Frees the graphs' memory, which zoos after changes share. */
  async release(): Promise<void> {
    await this.folded.release();
    await this.resident?.releaseAll();
    await Promise.all(Object.values(this.graphs).map((session) => session.release()));
  }

  /** Writes the fitness of every row for every task. */
  async #scoreRows(taskTokens: readonly Matrix[], byRow: readonly Float32Array[]): Promise<void> {
    const { rows: rowCount, width, storage } = this.zoo;
    let group: GramTask[] = [];
    let projections = 0;
    const scoreGroup = async (): Promise<void> => {
      if (group.length === 1) await this.#scoreGram(group[0]!);
      if (group.length > 1) await this.#scoreTogether(group);
      group = [];
      projections = 0;
    };
    for (const [task, taskToken] of taskTokens.entries()) {
      const rows = await this.folded.taskRows(taskToken);
      const fitness = byRow[task]!;
      const classes = taskToken.rows;
      if (this.resident?.takes(classes)) {
        await this.resident.score(this.zoo, await this.folded.gramRows(rows), classes, fitness);
        continue;
      }
      if (this.formFor({ rows: rowCount, width, storage }, classes, taskTokens.length) === "folded") {
        for (const tile of this.zoo.tiles()) await this.#scoreFoldedTile(tile, rows, fitness);
        continue;
      }
      if (projections + 5 * classes > PROJECTIONS_AT_ONCE) await scoreGroup();
      group.push({ rows: await this.folded.gramRows(rows), classes, fitness });
      projections += 5 * classes;
    }
    await scoreGroup();
  }

  async #scoreFoldedTile(tile: ZooTile, rows: Rows, fitness: Float32Array): Promise<void> {
    const { part, start, end } = tile;
    const own = await this.ownRows.of(part, start, end);
    const tokens = tensor(readTokens(part.tokens, start, end), part.tokens.width);
    const inputs = { tokens, ...own, ...rows };
    await this.graphs.score.run(inputs, ["fitness"], { fitness: tensor(ofTile(fitness, tile), 1) });
  }

  /** Scores a few tokens that are not in the zoo's arrays as they are here. */
  async #scoreFolded(tokens: Float32Array, rows: Rows, position: number): Promise<Float32Array> {
    const own = await this.folded.ownRows(tokens);
    const inputs = { tokens: tensor(tokens, this.zoo.width), ...own, ...rows };
    const { fitness } = await this.graphs.score.run(inputs, ["fitness"]);
    return requireFitness(float32Values(fitness), position);
  }

  async #scoreGram({ rows, classes, fitness }: GramTask): Promise<void> {
    const shapes = gramShapes(classes);
    for (const tile of this.zoo.tiles()) {
      const graph = isAdded(tile, this.zoo) ? this.graphs.gramScoreAdded : this.graphs.gramScore;
      const inputs = { ...storedTile(tile), ...rows, scalars: scalarsTensor(tile), ...shapes };
      await graph.run(inputs, ["fitness"], { fitness: rowOf(ofTile(fitness, tile)) });
    }
  }

  async #scoreTogether(group: readonly GramTask[]): Promise<void> {
    const parts = group.map(({ rows }) => float32Values(rows.projections));
    const projections = tensor(concatenate(parts), this.zoo.width);
    const allProducts = new Float32Array(projections.shape[0]! * TILE_ROWS); // of each tile in turn
    for (const tile of this.zoo.tiles(TILE_ROWS)) {
      const graph = isAdded(tile, this.zoo) ? this.graphs.projectAdded : this.graphs.project;
      const columns = tile.end - tile.start;
      const products = tensor(allProducts.subarray(0, projections.shape[0]! * columns), columns);
      await graph.run({ ...storedTile(tile), projections }, ["products"], { products });
      let first = 0;
      for (const { rows, classes, fitness } of group) {
        const last = first + 5 * classes * columns;
        const inputs = {
          products: tensor(products.values.subarray(first, last), columns),
          gram: rows.gram,
          scalars: scalarsTensor(tile),
          ...gramShapes(classes),
        };
        const into = { fitness: rowOf(ofTile(fitness, tile)) };
        await this.graphs.projectedScore.run(inputs, ["fitness"], into);
        first = last;
      }
    }
  }
}

/** Where a tile's fitness is among that of all rows. */
function ofTile(fitness: Float32Array, { firstRow, start, end }: ZooTile): Float32Array {
  return fitness.subarray(firstRow, firstRow + end - start);
}

/** What came later is float32, whatever the storage of the others. */
function isAdded({ part }: ZooTile, { storage }: KeptZoo): boolean {
  return part.tokens.storage !== storage;
}

function storedTile({ part: { tokens }, start, end }: ZooTile): Record<string, NamedTensor> {
  const { values, width, storage, scales } = tokens;
  const stored = { values: values.subarray(start * width, end * width), shape: [end - start, width] };
  if (storage !== "int8") return { tokens: stored };
  return { tokens: stored, scales: { values: scales.subarray(start, end), shape: [1, end - start] } };
}

function scalarsTensor(tile: ZooTile): NamedTensor {
  return tensor(scalarsOf(tile), PTM_SCALARS);
}

function rowOf(values: Float32Array): NamedTensor {
  return { values, shape: [1, values.length] };
}

function tensor(values: Float32Array, columns: number): NamedTensor & { values: Float32Array } {
  return { values, shape: [values.length / columns, columns] };
}

function requireFitness(scores: Float32Array, start = 0): Float32Array {
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) {
      throw new RangeError(`zooSessions: fitness must be finite, got ${scores[i]} for PTM ${start + i}`);
    }
  }
  return scores;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
