import type { Matrix } from "../matrix.js";
import { BestSoFar } from "../ranking/best-so-far.js";
import type { Best } from "../ranking/best-so-far.js";
import {
  gramScoreGraph,
  gramShapes,
  projectedScoreGraph,
  projectGraph,
  PTM_SCALARS,
} from "../spider/gram-graph.js";
import { scoreGraph } from "../spider/score-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import { readTokens, storeTokens } from "../spider/token-storage.js";
import type { StoredTokens } from "../spider/token-storage.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { FoldedSpider, requireScalars } from "./folded-spider.js";
import type { GramRows, RerankedPtm, Rows } from "./folded-spider.js";
import { cheaperForm } from "./score-form.js";
import { float32Values, Session } from "./session.js";
import type { NamedTensor, SessionOptions } from "./session.js";
import { trustedProvider } from "./trusted-provider.js";

export type { RerankedPtm } from "./folded-spider.js";

/** PTMs of one run: their intermediate arrays then stay in the processor's cache (measured at d = 256 and 1024). */
const TILE_ROWS = 1024;
/** Rows of projections that one pass over the tokens serves: more and a tile's products leave the cache. */
const PROJECTIONS_AT_ONCE = 1024;
/** PTMs whose fitness is computed anew from exact tokens, where a zoo's are too narrow to tell the best apart. */
const RESCORED = 100;

/** A zoo as it is kept: tokens, and the numbers that belong to a PTM alone. */
export interface KeptZoo {
  readonly tokens: StoredTokens;
  /** ptmScalarsGraph of the stored tokens, shape [M, PTM_SCALARS]. */
  readonly scalars: Float32Array;
  /** Reads tokens in float32, shape [positions, d], where the stored ones are too narrow for the order of the best. */
  readonly exact?: (positions: Int32Array) => Promise<Float32Array>;
}

/** A task made ready for one of the two forms. */
type PreparedTask =
  | { readonly form: "folded"; readonly rows: Rows }
  | { readonly form: "gram"; readonly rows: GramRows; readonly classes: number };

/**
 * A zoo made ready for ranking under one spider: whatever belongs to a PTM alone is computed when the zoo is opened.
 * Scoring holds the event loop; ZooScorer keeps a zoo in a worker thread. Shapes are the caller's duty here.
 *
 * Two exact forms score a task: the folded one of score-graph.ts and the Gram form of gram-graph.ts. Which is cheaper
 * depends on the task and the zoo (score-form.ts).
 *
 * Letters: M PTMs, d token width, C classes.
 */
export class ZooSessions {
  /** The folded form's share of the zoo [M, d] and [M], computed when a task first needs it. */
  #ownRows: Promise<Record<"ownValues" | "ownLogits", Float32Array>> | undefined;

  private constructor(
    /** What runs the ranking's graphs. */
    readonly provider: ExecutionProvider,
    private readonly folded: FoldedSpider,
    private readonly zoo: KeptZoo,
    private readonly sessions: Record<"score" | "gramScore" | "project" | "projectedScore", Session>,
    private readonly formFor: typeof cheaperForm,
  ) {}

  /**
   * Preparation runs on the processor; ranking runs on `options`' providers.
   *
   * @param zoo     theta [M, d], or a zoo that was prepared before; kept, not copied
   * @param formFor says which form a task takes; both give the same
   * @throws Error if none of the providers is there; RangeError if a token's own products leave the range of float32
   */
  static async open(
    spider: SpiderParameters,
    zoo: Matrix | KeptZoo,
    options: SessionOptions,
    formFor: typeof cheaperForm = cheaperForm,
  ): Promise<ZooSessions> {
    const folded = await FoldedSpider.open(spider, options.onWarning);
    const kept = "scalars" in zoo ? zoo : await keep(folded, zoo);
    requireScalars(kept.scalars);
    const { storage } = kept.tokens;
    const provider = await trustedProvider(options);
    const trusted = { ...options, executionProviders: [provider] };
    const sessions = {
      score: await Session.open(scoreGraph(spider), trusted),
      gramScore: await Session.open(gramScoreGraph(spider, storage), trusted),
      project: await Session.open(projectGraph(spider, storage), trusted),
      projectedScore: await Session.open(projectedScoreGraph(spider), trusted),
    };
    return new ZooSessions(provider, folded, kept, sessions, formFor);
  }

  /**
   * @param taskToken mu [C, d_psi]
   * @returns fitness of every PTM as its token is stored, shape [M]
   * @throws RangeError if a fitness is not finite
   */
  async score(taskToken: Matrix): Promise<Float32Array> {
    const fitness = new Float32Array(this.zoo.tokens.rows);
    await this.#scoreTiles(taskToken, (start, scores) => fitness.set(scores, start));
    return fitness;
  }

  /**
   * Scores several tasks in one pass over the tokens, as far as their form allows.
   *
   * @param taskTokens each mu [C, d_psi], C may differ
   * @returns fitness for each task, each shape [M]
   * @throws RangeError if a fitness is not finite
   */
  async scoreMany(taskTokens: readonly Matrix[]): Promise<Float32Array[]> {
    const fitness: Float32Array[] = [];
    let group: { task: number; rows: GramRows; classes: number }[] = [];
    let projections = 0;
    const scoreGroup = async (): Promise<void> => {
      const scores = await this.#scoreTogether(group);
      group.forEach(({ task }, i) => (fitness[task] = scores[i]!));
      group = [];
      projections = 0;
    };
    for (const [task, taskToken] of taskTokens.entries()) {
      const { rows } = taskToken;
      if (this.formFor(this.zoo.tokens, rows, taskTokens.length) === "folded") {
        fitness[task] = await this.score(taskToken);
        continue;
      }
      if (projections + 5 * rows > PROJECTIONS_AT_ONCE && group.length > 0) await scoreGroup();
      const gramRows = await this.folded.gramRows(await this.folded.taskRows(taskToken));
      group.push({ task, rows: gramRows, classes: rows });
      projections += 5 * rows;
    }
    if (group.length > 0) await scoreGroup();
    return fitness;
  }

  /**
   * The k best of the zoo, best first, equal fitness by position. Narrow tokens that have exact ones behind them only
   * choose the candidates; their order and fitness come from the exact tokens.
   *
   * @param k        how many, >= 1
   * @param admitted see BestSoFar.add
   * @throws RangeError if a fitness is not finite
   */
  async best(taskToken: Matrix, k: number, admitted?: Uint8Array): Promise<Best> {
    const { exact } = this.zoo;
    const kept = new BestSoFar(exact ? Math.max(k, RESCORED) : k);
    await this.#scoreTiles(taskToken, (start, scores) => kept.add(start, scores, admitted));
    if (exact === undefined) return kept.best();

    const positions = kept.best().positions.sort();
    const tokens = await exact(positions);
    const scores = await this.#scoreFolded(tokens, await this.folded.taskRows(taskToken), positions[0] ?? 0);
    const rescored = new BestSoFar(k);
    rescored.add(0, scores);
    const best = rescored.best();
    return { positions: best.positions.map((i) => positions[i]!), scores: best.scores };
  }

  /**
   * @returns fitness of the given PTMs with their specific rows, in the order of `ptms`
   * @throws RangeError if a fitness is not finite
   */
  async scoreReranked(taskToken: Matrix, ptms: readonly RerankedPtm[]): Promise<Float32Array> {
    const rows = await this.folded.taskRows(taskToken);
    const fitness = new Float32Array(ptms.length);
    for (const [i, ptm] of ptms.entries()) {
      const { ptmIndex } = ptm;
      const token =
        (await this.zoo.exact?.(Int32Array.of(ptmIndex))) ??
        readTokens(this.zoo.tokens, ptmIndex, ptmIndex + 1);
      fitness.set(await this.#scoreFolded(token, await this.folded.specificRows(rows, ptm), ptmIndex), i);
    }
    return fitness;
  }

  /** Frees the graphs' memory. */
  async release(): Promise<void> {
    await this.folded.release();
    await Promise.all(Object.values(this.sessions).map((session) => session.release()));
  }

  async #scoreTiles(taskToken: Matrix, onTile: (start: number, scores: Float32Array) => void): Promise<void> {
    const { tokens } = this.zoo;
    const task = await this.#prepare(taskToken);
    for (const { start, end } of tiles(tokens.rows)) {
      const scores =
        task.form === "gram"
          ? await this.#gramTile(start, end, task)
          : await this.#foldedTile(start, end, task.rows);
      onTile(start, requireFitness(scores, start));
    }
  }

  async #prepare(taskToken: Matrix): Promise<PreparedTask> {
    const rows = await this.folded.taskRows(taskToken);
    const form = this.formFor(this.zoo.tokens, taskToken.rows, 1);
    if (form === "folded") return { form, rows };
    return { form, rows: await this.folded.gramRows(rows), classes: taskToken.rows };
  }

  async #gramTile(
    start: number,
    end: number,
    { rows, classes }: { rows: GramRows; classes: number },
  ): Promise<Float32Array> {
    const inputs = { ...this.#storedTile(start, end), ...rows, ...this.#tileOfTask(start, end, classes) };
    const { fitness } = await this.sessions.gramScore.run(inputs, ["fitness"]);
    return float32Values(fitness);
  }

  async #foldedTile(start: number, end: number, rows: Rows): Promise<Float32Array> {
    const { tokens } = this.zoo;
    this.#ownRows ??= this.#computeOwnRows();
    const { ownValues, ownLogits } = await this.#ownRows;
    const inputs = {
      tokens: tile(readTokens(tokens, start, end), tokens.width),
      ownValues: tile(ownValues.subarray(start * tokens.width, end * tokens.width), tokens.width),
      ownLogits: tile(ownLogits.subarray(start, end), 1),
      ...rows,
    };
    const { fitness } = await this.sessions.score.run(inputs, ["fitness"]);
    return float32Values(fitness);
  }

  /** Scores a few tokens that are not in the zoo's arrays as they are here. */
  async #scoreFolded(tokens: Float32Array, rows: Rows, position: number): Promise<Float32Array> {
    const own = await this.folded.ownRows(tokens);
    const inputs = { tokens: tile(tokens, this.zoo.tokens.width), ...own, ...rows };
    const { fitness } = await this.sessions.score.run(inputs, ["fitness"]);
    return requireFitness(float32Values(fitness), position);
  }

  async #scoreTogether(group: readonly { rows: GramRows; classes: number }[]): Promise<Float32Array[]> {
    const { rows: zooSize, width } = this.zoo.tokens;
    const parts = group.map(({ rows }) => float32Values(rows.projections));
    const projections = tile(concatenate(parts), width);
    const fitness = group.map(() => new Float32Array(zooSize));
    for (const { start, end } of tiles(zooSize)) {
      const stored = this.#storedTile(start, end);
      const { products } = await this.sessions.project.run({ ...stored, projections }, ["products"]);
      const all = float32Values(products);
      let first = 0;
      for (const [i, { rows, classes }] of group.entries()) {
        const last = first + 5 * classes * (end - start);
        const inputs = {
          products: tile(all.subarray(first, last), end - start),
          gram: rows.gram,
          ...this.#tileOfTask(start, end, classes),
        };
        const scored = await this.sessions.projectedScore.run(inputs, ["fitness"]);
        fitness[i]!.set(requireFitness(float32Values(scored.fitness), start), start);
        first = last;
      }
    }
    return fitness;
  }

  #storedTile(start: number, end: number): Record<string, NamedTensor> {
    const { values, width, storage, scales } = this.zoo.tokens;
    const tokens = { values: values.subarray(start * width, end * width), shape: [end - start, width] };
    if (storage !== "int8") return { tokens };
    return { tokens, scales: { values: scales.subarray(start, end), shape: [1, end - start] } };
  }

  #tileOfTask(start: number, end: number, classes: number): Record<string, NamedTensor> {
    const scalars = this.zoo.scalars.subarray(start * PTM_SCALARS, end * PTM_SCALARS);
    return { scalars: tile(scalars, PTM_SCALARS), ...gramShapes(classes) };
  }

  async #computeOwnRows(): Promise<Record<"ownValues" | "ownLogits", Float32Array>> {
    const { tokens } = this.zoo;
    const ownValues = new Float32Array(tokens.rows * tokens.width);
    const ownLogits = new Float32Array(tokens.rows);
    for (const { start, end } of tiles(tokens.rows)) {
      const own = await this.folded.ownRows(readTokens(tokens, start, end));
      ownValues.set(float32Values(own.ownValues), start * tokens.width);
      ownLogits.set(float32Values(own.ownLogits), start);
    }
    return { ownValues, ownLogits };
  }
}

async function keep(folded: FoldedSpider, { values, columns }: Matrix): Promise<KeptZoo> {
  const tokens = storeTokens(values, columns, "float32");
  return { tokens, scalars: await zooScalars(folded, tokens) };
}

/**
 * The Gram form's numbers of every PTM.
 *
 * @returns shape [M, PTM_SCALARS]; check them with requireScalars
 */
async function zooScalars(folded: FoldedSpider, tokens: StoredTokens): Promise<Float32Array> {
  const scalars = new Float32Array(tokens.rows * PTM_SCALARS);
  for (const { start, end } of tiles(tokens.rows)) {
    scalars.set(await folded.ptmScalars(readTokens(tokens, start, end)), start * PTM_SCALARS);
  }
  return scalars;
}

function* tiles(rows: number): Generator<{ start: number; end: number }> {
  for (let start = 0; start < rows; start += TILE_ROWS)
    yield { start, end: Math.min(start + TILE_ROWS, rows) };
}

function tile(values: Float32Array, columns: number): NamedTensor {
  return { values, shape: [values.length / columns, columns] };
}

function requireFitness(scores: Float32Array, start: number): Float32Array {
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
