import { matrix, requireFinite } from "../matrix.js";
import type { Matrix } from "../matrix.js";
import { requireSpecificRows, requireTaskToken } from "../spider/fitness.js";
import { requireParameters } from "../spider/spider.js";
import type { Companion, SpiderParameters } from "../spider/spider.js";
import type { ZooChanges } from "./kept-zoo.js";
import type { BestAnswer, BestQuestion, Prior, ZooNotes } from "./ranked-zoo.js";
import { ScorerWorker } from "./scorer-worker.js";
import type { RunsOn, ScorerWorkerOptions } from "./scorer-worker.js";
import type { ZooFileHeader } from "./zoo-file.js";
import type { RerankedPtm } from "./zoo-sessions.js";

export interface ZooScorerOptions extends ScorerWorkerOptions {
  /** The shared parameters of the spider that ranks. */
  readonly spider: SpiderParameters;
  /** Absent: the spider has none. */
  readonly companions?: readonly Companion[];
  /** theta [M, d], one row for each PTM of the zoo; copied. M may be 0. */
  readonly tokens: Matrix;
}

/**
 * Scores tasks against a whole zoo, exactly as fitness.ts does to rounding, in a worker of its own: ONNX Runtime holds
 * the thread that it runs on, and a server's event loop must stay free. The processor's worker is a thread, a device's a
 * process, whose loss is made good (scorer-worker.ts). Requests are answered in order.
 *
 * Letters: M PTMs, d token width, C classes, d_psi encoder width.
 */
export class ZooScorer {
  #closed = false;

  private constructor(
    private readonly spider: SpiderParameters,
    private readonly zooSize: number,
    private readonly thread: Thread,
    /** Which of the worker's zoos this one asks. */
    private readonly zoo: number,
  ) {
    thread.users.set(zoo, (thread.users.get(zoo) ?? 0) + 1);
  }

  /**
   * Starts the thread and computes what belongs to the PTMs alone.
   *
   * Cost: O(M d^2) time, once; 4 M d bytes of memory, 8 M d once a task with many classes is ranked.
   *
   * @throws RangeError if a shape does not fit or a value is not finite; Error if no execution provider is there
   */
  static async open({ spider, companions = [], tokens, ...options }: ZooScorerOptions): Promise<ZooScorer> {
    requireParameters("zooScorer", spider);
    if (tokens.columns !== spider.width) {
      throw new RangeError(`zooScorer: PTM tokens must be ${spider.width} wide, got ${tokens.columns}`);
    }
    requireFinite("zooScorer: PTM tokens", tokens.values);
    const worker = await ScorerWorker.open({ spider, companions, zoo: copyOf(tokens) }, options);
    return new ZooScorer(spider, tokens.rows, { worker, users: new Map(), zoos: 1 }, 0);
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
    companions = [],
    path,
    header,
    ...options
  }: Omit<ZooScorerOptions, "tokens"> & { path: string; header: ZooFileHeader }): Promise<ZooScorer> {
    requireParameters("zooScorer", spider);
    if (header.width !== spider.width) {
      throw new RangeError(`zooScorer: PTM tokens must be ${spider.width} wide, got ${header.width}`);
    }
    const worker = await ScorerWorker.open({ spider, companions, zoo: path }, options);
    return new ZooScorer(spider, header.rows, { worker, users: new Map(), zoos: 1 }, 0);
  }

  /**
   * A scorer of the same zoo after changes, on the same thread and the same tokens, which are not read anew. The thread
   * ends when both are closed.
   *
   * @param changes counted from the zoo as it was opened, not from changes made since
   * @throws RangeError if a shape does not fit or a value is not finite
   *
   * Cost: O(d^2) for each token that came, 4 bytes a PTM.
   */
  async changed({ added, order }: ZooChanges): Promise<ZooScorer> {
    if (added.columns !== this.spider.width) {
      throw new RangeError(`zooScorer: PTM tokens must be ${this.spider.width} wide, got ${added.columns}`);
    }
    requireFinite("zooScorer: PTM tokens", added.values);
    const zoo = this.thread.zoos++;
    const scorer = new ZooScorer(this.spider, order.length, this.thread, zoo);
    try {
      await this.thread.worker.make({ kind: "change", payload: { zoo, added: copyOf(added), order } });
    } catch (error) {
      await scorer.close();
      throw error;
    }
    return scorer;
  }

  /** Another scorer of the same zoo: the thread ends when both are closed. */
  shared(): ZooScorer {
    return new ZooScorer(this.spider, this.zooSize, this.thread, this.zoo);
  }

  /** What runs the rankings: the first of the options' providers that is there, computes right and was not lost. */
  get runsOn(): RunsOn {
    return this.thread.worker.runsOn;
  }

  /** Why the scorer answers no more (its thread died, or it was closed); undefined while it works. */
  get stopped(): Error | undefined {
    return this.#closed ? new Error("zooScorer: closed") : this.thread.worker.stopped;
  }

  /**
   * Tells what rankings have to know about the PTMs besides their tokens; before that no companion has a say.
   *
   * @throws RangeError if it is not about this zoo
   */
  async note(notes: ZooNotes): Promise<void> {
    if (this.#closed) throw this.stopped!;
    await this.thread.worker.make({ kind: "note", payload: { zoo: this.zoo, ...notes } });
  }

  /**
   * What rankings order the whole zoo by: coarse fitness, with the prior where there is one.
   *
   * @param taskToken mu [C, d_psi], finite
   * @returns shape [M], in the order of the tokens; larger is better
   * @throws RangeError if a shape does not fit or a value is not finite; Error if the scorer has stopped
   *
   * Cost: O(M C d) and O(C d d_psi).
   */
  async score(taskToken: Matrix, prior?: Prior): Promise<Float32Array> {
    this.#requireTask(taskToken);
    return await this.#request<Float32Array>("score", { taskToken: copyOf(taskToken), prior });
  }

  /** As bestMany for one question. */
  async best(question: BestQuestion): Promise<BestAnswer> {
    const [best] = await this.bestMany([question]);
    return best!;
  }

  /**
   * The k best PTMs for each of some tasks, chosen in the worker: M numbers never cross to this thread. The tasks share
   * passes over the tokens.
   *
   * @returns best first, equal fitness by position; a zoo of fewer than k gives all of it
   * @throws as score; RangeError if k is not an integer >= 1, `admitted` has another size than the zoo or a position that
   *   is asked for is beyond it
   */
  async bestMany(questions: readonly BestQuestion[]): Promise<BestAnswer[]> {
    const copies = questions.map(({ taskToken, k, admitted, prior, of }): BestQuestion => {
      this.#requireTask(taskToken);
      if (!Number.isInteger(k) || k < 1) {
        throw new RangeError(`zooScorer: k must be an integer >= 1, got ${k}`);
      }
      const bytes = Math.ceil(this.zooSize / 8);
      if (admitted && admitted.length !== bytes) {
        throw new RangeError(`zooScorer: admitted must hold ${bytes} bytes, got ${admitted.length}`);
      }
      const beyond = of?.find((position) => !(position >= 0 && position < this.zooSize));
      if (beyond !== undefined) {
        throw new RangeError(`zooScorer: positions must be in [0, ${this.zooSize}), got ${beyond}`);
      }
      return { taskToken: copyOf(taskToken), k, admitted: admitted && new Uint8Array(admitted), prior, of };
    });
    return await this.#request<BestAnswer[]>("best", { questions: copies });
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
    return await this.#request<Float32Array>("scoreReranked", payload);
  }

  /** Answers what was asked before, then ends the thread, if no other scorer uses it. May be called again. */
  async close(): Promise<void> {
    const { thread, zoo } = this;
    const { users, worker } = thread;
    if (!this.#closed) {
      this.#closed = true;
      const others = users.get(zoo)! - 1;
      if (others > 0) users.set(zoo, others);
      else users.delete(zoo);
      // The opened zoo stays while the thread does: others are made from it.
      if (others === 0 && users.size > 0 && zoo !== 0) await worker.forget(zoo);
    }
    if (users.size === 0) await worker.close();
  }

  #request<Result>(kind: string, payload: object): Promise<Result> {
    if (this.#closed) return Promise.reject(this.stopped!);
    return this.thread.worker.request<Result>(kind, { zoo: this.zoo, ...payload });
  }

  #requireTask(taskToken: Matrix): void {
    requireTaskToken("zooScorer", taskToken, this.spider.encoderWidth);
    requireFinite("zooScorer: task token", taskToken.values);
  }
}

/** A worker with the scorers that share it. */
interface Thread {
  readonly worker: ScorerWorker;
  /** How many scorers ask each zoo. */
  readonly users: Map<number, number>;
  /** Zoos that it was given so far. */
  zoos: number;
}

/** A view of a larger buffer would be sent with all of it, and a shared buffer is refused by the runtime. */
function copyOf({ rows, columns, values }: Matrix): Matrix & { values: Float32Array<ArrayBuffer> } {
  const copy = new Float32Array(values);
  return { ...matrix(rows, columns, copy), values: copy };
}
