import "./no-telemetry.js";
import { Worker } from "node:worker_threads";
import type { TransferListItem } from "node:worker_threads";

/** What goes to the worker: serveRequests answers each with its id. */
export interface WorkerRequest {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
}

/** What comes back: an answer, or a warning that belongs to no request. */
export type WorkerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: unknown }
  | { readonly warning: string };

/** The request that ends a worker, answered by its exit. */
export const CLOSE = "close";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A worker thread that answers requests one after the other; its other half is serveRequests.
 *
 * A request that fails rejects and the worker goes on. A worker that dies rejects whatever waits, and everything after
 * that. It keeps the process alive only while an answer is due, so a forgotten one does not hang a command.
 *
 * The thread is asked to leave and never terminated: `terminate()` waits for native code, and cannot stop it.
 */
export class RequestWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #count = 0;
  #stopped: Error | undefined;

  /**
   * @param name   who speaks, for messages
   * @param script the module that calls serveRequests
   */
  constructor(
    private readonly name: string,
    script: URL,
    onWarning: (message: string) => void,
  ) {
    // Flags of the main thread such as --eval or --test mean nothing to the script, or forbid it.
    this.#worker = new Worker(script, { name, execArgv: [] });
    this.#worker.unref();
    this.#worker.on("message", (reply: WorkerReply) => {
      if ("warning" in reply) onWarning(reply.warning);
      else if ("error" in reply) this.#take(reply.id)?.reject(reply.error);
      else this.#take(reply.id)?.resolve(reply.result as never);
    });
    this.#worker.on("error", (cause) => this.#stop(`its worker thread failed: ${cause.message}`, cause));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#stop(`its worker thread ended with code ${code}`);
        resolve();
      });
    });
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
      this.#worker.postMessage(request, transfer);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
    });
  }

  /** Ends the worker after the requests that wait; resolves when its thread is gone. */
  async close(): Promise<void> {
    if (!this.#stopped) {
      const request: WorkerRequest = { id: this.#count++, kind: CLOSE, payload: undefined };
      this.#worker.ref();
      this.#worker.postMessage(request, []);
      this.#stopped = new Error(`${this.name}: closed`);
    }
    await this.#exited;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0 && !this.#stopped) this.#worker.unref();
    return waiting;
  }

  #stop(reason: string, cause?: unknown): void {
    this.#stopped ??= new Error(`${this.name}: ${reason}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#stopped);
    this.#waiting.clear();
  }
}
