import { matrix, requireFinite } from "../matrix.js";
import type { Matrix } from "../matrix.js";
import type { Best } from "../ranking/best-so-far.js";
import { requireSpecificRows, requireTaskToken } from "../spider/fitness.js";
import { requireParameters } from "../spider/spider.js";
import type { SpiderParameters } from "../spider/spider.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { RequestWorker } from "./request-worker.js";
import type { ZooFileHeader } from "./zoo-file.js";
import type { RerankedPtm } from "./zoo-sessions.js";
import type { OpenRequest } from "./zoo-scorer.worker.js";

export interface ZooScorerOptions {
  /** The shared parameters of the spider that ranks. */
  readonly spider: SpiderParameters;
  /** theta [M, d], one row for each PTM of the zoo; copied. M may be 0. */
  readonly tokens: Matrix;
  readonly executionProviders: readonly ExecutionProvider[];
  /** Hears of execution providers that are not there. */
  readonly onWarning: (message: string) => void;
}

/**
 * Scores tasks against a whole zoo, exactly as fitness.ts does to rounding, in a worker thread of its own: ONNX
 * Runtime holds the thread that it runs on, and a server's event loop must stay free. Requests are answered in order.
 *
 * Letters: M PTMs, d token width, C classes, d_psi encoder width.
 */
export class ZooScorer {
  private constructor(
    private readonly spider: SpiderParameters,
    private readonly zooSize: number,
    private readonly worker: RequestWorker,
    /** What runs the rankings: the first of the options' providers that is there and computes right. */
    readonly provider: ExecutionProvider,
  ) {}

  /**
   * Starts the thread and computes what belongs to the PTMs alone.
   *
   * Cost: O(M d^2) time, once; 4 M d bytes of memory, 8 M d once a task with many classes is ranked.
   *
   * @throws RangeError if a shape does not fit or a value is not finite; Error if no execution provider is there
   */
  static async open({ spider, tokens, executionProviders, onWarning }: ZooScorerOptions): Promise<ZooScorer> {
    requireParameters("zooScorer", spider);
    if (tokens.columns !== spider.width) {
      throw new RangeError(`zooScorer: PTM tokens must be ${spider.width} wide, got ${tokens.columns}`);
    }
    requireFinite("zooScorer: PTM tokens", tokens.values);
    const zoo = copyOf(tokens);
    const worker = startWorker(onWarning);
    return await ZooScorer.#start(worker, { spider, zoo, executionProviders }, tokens.rows, [
      zoo.values.buffer,
    ]);
  }

  /**
   * The same on a zoo file, which the thread reads into its own memory: nothing is computed and nothing copied.
   *
   * @param path   of a file that writeZooFile has written for this spider
   * @param header of that file
   * @throws RangeError if the file is damaged or another spider's width; Error if no execution provider is there
   */
  static async openFile({
    spider,
    path,
    header,
    executionProviders,
    onWarning,
  }: Omit<ZooScorerOptions, "tokens"> & { path: string; header: ZooFileHeader }): Promise<ZooScorer> {
    requireParameters("zooScorer", spider);
    if (header.width !== spider.width) {
      throw new RangeError(`zooScorer: PTM tokens must be ${spider.width} wide, got ${header.width}`);
    }
    const worker = startWorker(onWarning);
    return await ZooScorer.#start(worker, { spider, zoo: path, executionProviders }, header.rows, []);
  }

  static async #start(
    worker: RequestWorker,
    request: OpenRequest,
    zooSize: number,
    transfer: ArrayBuffer[],
  ): Promise<ZooScorer> {
    try {
      const provider = await worker.request<ExecutionProvider>("open", request, transfer);
      return new ZooScorer(request.spider, zooSize, worker, provider);
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  /** Why the scorer answers no more (its thread died, or it was closed); undefined while it works. */
  get stopped(): Error | undefined {
    return this.worker.stopped;
  }

  /**
   * Coarse fitness of the whole zoo.
   *
   * @param taskToken mu [C, d_psi], finite
   * @returns shape [M], in the order of the tokens; larger is better
   * @throws RangeError if a shape does not fit or a value is not finite; Error if the scorer has stopped
   *
   * Cost: O(M C d) and O(C d d_psi).
   */
  async score(taskToken: Matrix): Promise<Float32Array> {
    this.#requireTask(taskToken);
    return await this.worker.request<Float32Array>("score", { taskToken: copyOf(taskToken) });
  }

  /**
   * Coarse fitness of the whole zoo for several tasks, which share one pass over the tokens.
   *
   * @param taskTokens each mu [C, d_psi], finite; C may differ
   * @returns one array for each task, see score
   * @throws as score
   */
  async scoreMany(taskTokens: readonly Matrix[]): Promise<Float32Array[]> {
    for (const taskToken of taskTokens) this.#requireTask(taskToken);
    return await this.worker.request<Float32Array[]>("scoreMany", { taskTokens: taskTokens.map(copyOf) });
  }

  /**
   * The k best PTMs for a task, chosen in the worker: M numbers never cross to this thread.
   *
   * @param taskToken mu [C, d_psi], finite
   * @param k         how many, an integer >= 1; a smaller zoo gives all of it
   * @param admitted  the PTMs that may enter, bit i & 7 of byte i >> 3 for PTM i; absent: all
   * @returns best first, equal fitness by position
   * @throws as score; RangeError if k is no count or `admitted` has another size than the zoo
   */
  async best(taskToken: Matrix, k: number, admitted?: Uint8Array): Promise<Best> {
    this.#requireTask(taskToken);
    if (!Number.isInteger(k) || k < 1) {
      throw new RangeError(`zooScorer: k must be an integer >= 1, got ${k}`);
    }
    const bytes = Math.ceil(this.zooSize / 8);
    if (admitted && admitted.length !== bytes) {
      throw new RangeError(`zooScorer: admitted must hold ${bytes} bytes, got ${admitted.length}`);
    }
    const payload = { taskToken: copyOf(taskToken), k, admitted: admitted && new Uint8Array(admitted) };
    return await this.worker.request<Best>("best", payload);
  }

  /**
   * Fitness of a few PTMs with their specific rows.
   *
   * @param taskToken mu [C, d_psi], finite
   * @returns one value for each of `ptms`, in their order; larger is better
   * @throws RangeError if a shape or index does not fit or a value is not finite; Error if the scorer has stopped
   *
   * Cost: O(C d^2) a PTM.
   */
  async scoreReranked(taskToken: Matrix, ptms: readonly RerankedPtm[]): Promise<Float32Array> {
    this.#requireTask(taskToken);
    const copies = ptms.map(({ ptmIndex, specificToken, projection, bias }): RerankedPtm => {
      if (!Number.isInteger(ptmIndex) || ptmIndex < 0 || ptmIndex >= this.zooSize) {
        throw new RangeError(
          `zooScorer: ptmIndex must be an integer in [0, ${this.zooSize}), got ${ptmIndex}`,
        );
      }
      requireSpecificRows("zooScorer", { token: specificToken, projection, bias }, this.spider.width);
      for (const values of [specificToken.values, projection.values, bias]) {
        requireFinite(`zooScorer: specific rows of PTM ${ptmIndex}`, values);
      }
      return {
        ptmIndex,
        specificToken: copyOf(specificToken),
        projection: copyOf(projection),
        bias: new Float32Array(bias),
      };
    });
    const payload = { taskToken: copyOf(taskToken), ptms: copies };
    return await this.worker.request<Float32Array>("scoreReranked", payload);
  }

  /** Answers what was asked before, then ends the thread. May be called again. */
  async close(): Promise<void> {
    await this.worker.close();
  }

  #requireTask(taskToken: Matrix): void {
    requireTaskToken("zooScorer", taskToken, this.spider.encoderWidth);
    requireFinite("zooScorer: task token", taskToken.values);
  }
}

function startWorker(onWarning: ZooScorerOptions["onWarning"]): RequestWorker {
  return new RequestWorker("zooScorer", new URL("zoo-scorer.worker.js", import.meta.url), onWarning);
}

/** A view of a larger buffer would be sent with all of it, and a shared buffer is refused by the runtime. */
function copyOf({ rows, columns, values }: Matrix): Matrix & { values: Float32Array<ArrayBuffer> } {
  const copy = new Float32Array(values);
  return { ...matrix(rows, columns, copy), values: copy };
}
