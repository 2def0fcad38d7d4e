import type { TransferListItem } from "node:worker_threads";

import { openOnFirst } from "./execution-providers.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { openProcess } from "./process-channel.js";
import type { ZooChanges } from "./kept-zoo.js";
import type { ZooNotes } from "./ranked-zoo.js";
import { RequestWorker } from "./request-worker.js";
import { openThread } from "./thread-channel.js";
import type { OpenChannel } from "./worker-channel.js";
import type { OfZoo, OpenRequest } from "./zoo-scorer.worker.js";

/** What runs rankings. */
export interface RunsOn {
  /** Undefined while there is none. */
  readonly provider: ExecutionProvider | undefined;
  /** Why it is not what was asked for first; undefined if it is. */
  readonly reason: string | undefined;
}

/** Where a provider's worker runs: a crash of a graphics driver must not end a server. */
export const channelOf = (provider: ExecutionProvider): OpenChannel =>
  provider === "cpu" ? openThread : openProcess;

/** Milliseconds after which a device hangs: it opens a million PTMs, or ranks sixteen tasks of them, in less. */
export const LONGEST_SILENCE = 120_000;

export interface ScorerWorkerOptions {
  readonly executionProviders: readonly ExecutionProvider[];
  readonly onWarning: (message: string) => void;
  /** Only tests need another one. */
  readonly channelOf?: typeof channelOf;
}

/** What makes a zoo of the opened one, or adds to what rankings know of one. */
export type Making =
  | { readonly kind: "change"; readonly payload: OfZoo & ZooChanges }
  | { readonly kind: "note"; readonly payload: OfZoo & ZooNotes };

interface Opened {
  readonly worker: RequestWorker;
  readonly provider: ExecutionProvider;
}

/**
 * The worker of a zoo's scorers, on the first provider that is there. When a device's process is lost, the zoo opens
 * anew on the next provider and whoever waits is answered from there: rankings become slower, not fewer. After the last
 * of the list what waits fails, and the next request tries the whole list again. A thread of the processor does not come
 * back: its end is a defect.
 */
export class ScorerWorker {
  /** What made the worker's zoos what they are, to be done again where the zoo opens anew. */
  #made: Making[] = [];
  readonly #passedOver: string[] = [];
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;
  #stopped: Error | undefined;

  private constructor(
    private readonly opening: Omit<OpenRequest, "provider">,
    private readonly options: ScorerWorkerOptions,
  ) {}

  /**
   * @param opening its tokens are handed over if the processor takes them
   * @throws RangeError if the zoo cannot be opened anywhere; Error naming why each provider could not be used
   */
  static async open(
    opening: Omit<OpenRequest, "provider">,
    options: ScorerWorkerOptions,
  ): Promise<ScorerWorker> {
    const worker = new ScorerWorker(opening, options);
    await worker.#current();
    return worker;
  }

  get runsOn(): RunsOn {
    return { provider: this.#opened?.provider, reason: this.#passedOver.join("; ") || undefined };
  }

  /** Why no request will be answered any more; undefined while there is hope. */
  get stopped(): Error | undefined {
    return this.#stopped;
  }

  /** Makes a zoo of the opened one, or notes something about one; it lasts until the zoo is forgotten. */
  async make(making: Making): Promise<void> {
    const { kind, payload } = making;
    await this.request(kind, payload);
    this.#made = this.#made.filter((other) => other.kind !== kind || other.payload.zoo !== payload.zoo);
    this.#made.push(making);
  }

  async forget(zoo: number): Promise<void> {
    this.#made = this.#made.filter(({ payload }) => payload.zoo !== zoo);
    await this.request("forget", { zoo });
  }

  /** @throws what the request threw in the worker; Error when there is none any more */
  async request<Result>(kind: string, payload: unknown): Promise<Result> {
    if (this.#stopped) throw this.#stopped;
    const opened = await this.#current();
    const { worker, provider } = opened;
    try {
      return await worker.request<Result>(kind, payload);
    } catch (error) {
      if (error !== worker.stopped || this.#stopped) throw error;
      if (provider === "cpu") throw (this.#stopped = worker.stopped);
      const others = this.#after(provider);
      if (this.#opened === opened) this.#replace(opened, others); // else another request has done so
      if (others.length === 0) throw error;
      return await this.request(kind, payload);
    }
  }

  /** Ends the worker after the requests that wait. */
  async close(): Promise<void> {
    this.#stopped ??= new Error("zooScorer: closed");
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.worker.close();
  }

  #current(): Promise<Opened> {
    if (this.#opening !== undefined) return this.#opening;
    this.#passedOver.length = 0;
    return this.#openOn(this.options.executionProviders);
  }

  #replace({ worker, provider }: Opened, others: readonly ExecutionProvider[]): void {
    const next = others.length === 0 ? "" : `; trying ${others[0]}`;
    this.#opening = this.#opened = undefined;
    this.#passOver(`execution provider ${provider} was lost: ${worker.stopped!.message}${next}`);
    if (others.length > 0) void this.#openOn(others);
  }

  #openOn(providers: readonly ExecutionProvider[]): Promise<Opened> {
    const opening = openOnFirst(
      providers,
      (provider) => this.#start(provider),
      (warning) => this.#passOver(warning),
    ).then(({ opened: worker, provider }) => (this.#opened = { worker, provider }));
    opening.catch(() => (this.#opening = undefined));
    return (this.#opening = opening);
  }

  async #start(provider: ExecutionProvider): Promise<RequestWorker> {
    const worker = startScorerWorker(provider, this.options);
    try {
      const { zoo } = this.opening;
      // Nothing comes after the processor that would need the tokens once more.
      const handedOver: TransferListItem[] =
        provider === "cpu" && typeof zoo !== "string" ? [zoo.values.buffer as ArrayBuffer] : [];
      await worker.request("open", { ...this.opening, provider } satisfies OpenRequest, handedOver);
      for (const { kind, payload } of this.#made) await worker.request(kind, payload);
      return worker;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  #after(provider: ExecutionProvider): readonly ExecutionProvider[] {
    const { executionProviders } = this.options;
    return executionProviders.slice(executionProviders.indexOf(provider) + 1);
  }

  #passOver(warning: string): void {
    this.#passedOver.push(warning);
    this.options.onWarning(warning);
  }
}

/** Starts a worker that has no zoo yet. */
export function startScorerWorker(
  provider: ExecutionProvider,
  { onWarning, channelOf: channel = channelOf }: Pick<ScorerWorkerOptions, "onWarning" | "channelOf">,
): RequestWorker {
  const script = new URL("zoo-scorer.worker.js", import.meta.url);
  const silence = provider === "cpu" ? undefined : LONGEST_SILENCE;
  return new RequestWorker("zooScorer", script, onWarning, channel(provider), silence);
}
