import { requireFinite } from "../matrix.js";
import type { Matrix } from "../matrix.js";
import { PTM_SCALARS, ptmScalarsGraph, taskGramGraph } from "../spider/gram-graph.js";
import { foldGraph, ptmGraph, specificGraph, taskGraph } from "../spider/score-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import { RememberedTasks } from "./remembered-tasks.js";
import { float32Values, Session } from "./session.js";
import type { NamedTensor } from "./session.js";

/** foldGraph's outputs: the spider's matrices multiplied out. */
const SQUARE_MAPS = ["keyMap", "valueMap"] as const;
const TASK_MAPS = ["taskKeyMap", "taskKeyBias", "taskValueMap", "taskValueBias"] as const;

/** The rows that PTMs attend to, multiplied out: keys and values [C, d]. */
export type Rows = Record<"keys" | "values", NamedTensor>;
/** The same for the Gram form: projections [5 C, d] and gram [2 C + 4, C]. */
export type GramRows = Record<"projections" | "gram", NamedTensor>;

/** One PTM that was run on the task: its specific token and its projection, see SpecificRows. */
export interface RerankedPtm {
  /** Row of the PTM in the index. */
  readonly ptmIndex: number;
  /** mu_m(T) [C', d_m] */
  readonly specificToken: Matrix;
  /** P_m [d, d_m] */
  readonly projection: Matrix;
  /** p_m [d] */
  readonly bias: Float32Array;
}

/**
 * A spider's matrices multiplied out once, and what tasks and PTMs bring to every ranking under it. Runs on the
 * processor, partly in float64, which not every execution provider has.
 *
 * Letters: d token width, C classes, m PTMs.
 */
export class FoldedSpider {
  private constructor(
    private readonly width: number,
    private readonly squareMaps: Record<(typeof SQUARE_MAPS)[number], NamedTensor>,
    private readonly taskMaps: Record<(typeof TASK_MAPS)[number], NamedTensor>,
    private readonly outputBias: NamedTensor,
    private readonly sessions: Record<"task" | "taskGram" | "specific" | "ptm" | "ptmScalars", Session>,
  ) {}

  /** @throws Error if the runtime refuses a graph */
  static async open(spider: SpiderParameters): Promise<FoldedSpider> {
    const { width, encoderWidth } = spider;
    const square = [width, width];
    const outputBias = { values: spider.outputBias, shape: [width] };
    const fold = await Session.openOn(foldGraph(spider), "cpu");
    const folded = await fold.run(
      {
        queryWeight: { values: spider.queryWeight, shape: square },
        keyWeight: { values: spider.keyWeight, shape: square },
        valueWeight: { values: spider.valueWeight, shape: square },
        outputWeight: { values: spider.outputWeight, shape: square },
        outputBias,
        encoderWeight: { values: spider.encoderWeight, shape: [width, encoderWidth] },
        encoderBias: { values: spider.encoderBias, shape: [width] },
      },
      [...SQUARE_MAPS, ...TASK_MAPS],
    );
    await fold.release();
    const { keyMap, valueMap, ...taskMaps } = folded;
    return new FoldedSpider(width, { keyMap, valueMap }, taskMaps, outputBias, {
      task: await Session.openOn(taskGraph(spider), "cpu"),
      taskGram: await Session.openOn(taskGramGraph(spider), "cpu"),
      specific: await Session.openOn(specificGraph(spider), "cpu"),
      ptm: await Session.openOn(ptmGraph(spider), "cpu"),
      ptmScalars: await Session.openOn(ptmScalarsGraph(spider), "cpu"),
    });
  }

  /** @param taskToken mu [C, d_psi] */
  taskRows(taskToken: Matrix): Promise<Rows> {
    return this.#tasks.of(taskToken, (token) => this.#taskRows(token));
  }

  async #taskRows(taskToken: Matrix): Promise<Rows> {
    const inputs = { ...this.taskMaps, taskToken: tensorOf(taskToken) };
    return await this.sessions.task.run(inputs, ["keys", "values"]);
  }

  /** @param rows of taskRows */
  async gramRows(rows: Rows): Promise<GramRows> {
    const known = this.#gramRows.get(rows);
    if (known !== undefined) return known;
    const computed = await this.#newGramRows(rows);
    this.#gramRows.set(rows, computed);
    return computed;
  }

  async #newGramRows(rows: Rows): Promise<GramRows> {
    this.#valueMapTransposed ??= transposedSingle(this.squareMaps.valueMap, this.width);
    const inputs = {
      ...rows,
      valueMapTransposed: this.#valueMapTransposed,
      outputBias: this.outputBias,
    };
    return await this.sessions.taskGram.run(inputs, ["projections", "gram"]);
  }

  /** The task's rows with a re-ranked PTM's specific ones behind them. */
  async specificRows(
    { keys: taskKeys, values: taskValues }: Rows,
    { specificToken, projection, bias }: RerankedPtm,
  ): Promise<Rows> {
    const inputs = {
      ...this.squareMaps,
      taskKeys,
      taskValues,
      specificToken: tensorOf(specificToken),
      projection: tensorOf(projection),
      projectionBias: { values: bias, shape: [this.width] },
      outputBias: this.outputBias,
    };
    return await this.sessions.specific.run(inputs, ["keys", "values"]);
  }

  /**
   * The PTMs' own rows: values [m, d] and logits [m, 1].
   *
   * @param tokens theta [m, d]
   * @throws RangeError if one leaves the range of float32
   */
  async ownRows(tokens: Float32Array): Promise<Record<"ownValues" | "ownLogits", NamedTensor>> {
    const inputs = { ...this.squareMaps, tokens: this.#tokens(tokens), outputBias: this.outputBias };
    const own = await this.sessions.ptm.run(inputs, ["ownValues", "ownLogits"]);
    requireFinite("foldedSpider: own values", float32Values(own.ownValues));
    requireFinite("foldedSpider: own logits", float32Values(own.ownLogits));
    return own;
  }

  /**
   * The PTMs' numbers for the Gram form.
   *
   * @param tokens theta [m, d]
   * @returns shape [m, PTM_SCALARS]; those of a token out of range are not finite, see requireScalars
   */
  async ptmScalars(tokens: Float32Array): Promise<Float32Array> {
    const inputs = { ...this.squareMaps, tokens: this.#tokens(tokens), outputBias: this.outputBias };
    const { scalars } = await this.sessions.ptmScalars.run(inputs, ["scalars"]);
    return float32Values(scalars);
  }

  /** Frees the graphs' memory. */
  async release(): Promise<void> {
    await Promise.all(Object.values(this.sessions).map((session) => session.release()));
  }

  #tokens(values: Float32Array): NamedTensor {
    return { values, shape: [values.length / this.width, this.width] };
  }

  readonly #tasks = new RememberedTasks<Rows>(
    // Keys and values, and for the Gram form five times as many projections.
    ({ keys, values }) => 3.5 * (keys.values.length + values.values.length),
  );
  readonly #gramRows = new WeakMap<Rows, GramRows>();

  /** The Gram form's share of a task is in float32, where two products of C x d x d cost half. */
  #valueMapTransposed: NamedTensor | undefined;
}

function transposedSingle({ values, shape }: NamedTensor, width: number): NamedTensor {
  const single = new Float32Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < width; column++) {
      single[column * width + row] = Number(values[row * width + column]);
    }
  }
  return { values: single, shape };
}

/**
 * Refuses tokens whose own products leave the range of float32, with the PTM's position.
 *
 * @param scalars shape [M, PTM_SCALARS]
 */
export function requireScalars(scalars: Float32Array): void {
  const bad = scalars.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `zooSessions: the PTMs' own rows must be finite, got ${scalars[bad]} at index ${Math.floor(bad / PTM_SCALARS)} (tokens out of float32's range?)`,
    );
  }
}

/** The matrix as an input of a graph. */
export function tensorOf({ rows, columns, values }: Matrix): NamedTensor {
  return { values, shape: [rows, columns] };
}
