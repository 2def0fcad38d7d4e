import "./no-telemetry.js";
import type { TransferListItem } from "node:worker_threads";

import { openThread } from "./thread-channel.js";
import { CLOSE } from "./worker-channel.js";
import type { OpenChannel, WorkerChannel, WorkerRequest } from "./worker-channel.js";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A worker, in a thread or in a process of its own, that answers requests one after the other; its other half is
 * serveRequests.
 *
 * A request that fails rejects and the worker goes on. A worker that dies rejects whatever waits, and everything after
 * that. It keeps the process alive only while an answer is due, so a forgotten one does not hang a command.
 */
export class RequestWorker {
  readonly #channel: WorkerChannel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #count = 0;
  #stopped: Error | undefined;
  #alarm: NodeJS.Timeout | undefined;

  /**
   * @param name   who speaks, for messages
   * @param script the module that calls serveRequests
   * @param open   where it runs
   * @param longestSilence milliseconds without an answer, while one is due, after which the worker is given up; absent: it
   *   may take its time
   */
  constructor(
    private readonly name: string,
    script: URL,
    onWarning: (message: string) => void,
    open: OpenChannel = openThread,
    private readonly longestSilence?: number,
  ) {
    let ended: () => void;
    this.#exited = new Promise((resolve) => (ended = resolve));
    this.#channel = open(name, script, {
      onReply: (reply) => {
        if ("warning" in reply) onWarning(reply.warning);
        else if ("failure" in reply) this.#abandon(reply.failure);
        else if ("error" in reply) this.#take(reply.id)?.reject(reply.error);
        else this.#take(reply.id)?.resolve(reply.result as never);
      },
      onFailure: (reason, cause) => this.#stop(reason, cause),
      onEnd: (reason) => {
        this.#stop(reason);
        ended();
      },
    });
    this.#channel.keepAlive(false);
  }

  /** Why no request will be answered any more; undefined while the worker lives. */
  get stopped(): Error | undefined {
    return this.#stopped;
  }

  /**
   * @param transfer buffers that the worker takes over instead of a copy
   * @throws what the request threw in the worker; Error when the worker has stopped
   */
  request<Result>(
    kind: string,
    payload: unknown,
    transfer: readonly TransferListItem[] = [],
  ): Promise<Result> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    const id = this.#count++;
    return new Promise<Result>((resolve, reject) => {
      const request: WorkerRequest = { id, kind, payload };
      this.#channel.post(request, transfer);
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#watch();
      this.#channel.keepAlive(true);
    });
  }

  /** Ends the worker after the requests that wait; resolves when its thread or process is gone. */
  async close(): Promise<void> {
    if (!this.#stopped) {
      const request: WorkerRequest = { id: this.#count++, kind: CLOSE, payload: undefined };
      this.#channel.post(request, []);
      this.#stopped = new Error(`${this.name}: closed`);
      if (this.#waiting.size === 0) this.#expectWithin(() => this.#channel.abandon());
    }
    this.#channel.keepAlive(true);
    await this.#exited;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#watch();
    if (this.#waiting.size === 0 && !this.#stopped) this.#channel.keepAlive(false);
    return waiting;
  }

  /** Starts to wait for the next answer, if one is due. */
  #watch(): void {
    clearTimeout(this.#alarm);
    if (this.#waiting.size === 0) return;
    this.#expectWithin(() => this.#abandon(`no answer came for ${this.longestSilence! / 1000} s`));
  }

  #expectWithin(onSilence: () => void): void {
    if (this.longestSilence !== undefined) this.#alarm = setTimeout(onSilence, this.longestSilence);
  }

  #abandon(reason: string): void {
    this.#stop(reason);
    this.#channel.abandon();
  }

  #stop(reason: string, cause?: unknown): void {
    clearTimeout(this.#alarm);
    this.#stopped ??= new Error(`${this.name}: ${reason}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#stopped);
    this.#waiting.clear();
  }
}
