import type { TransferListItem } from "node:worker_threads";

/** What goes to the worker: serveRequests answers each with its id. */
export interface WorkerRequest {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
}

/** What comes back: an answer, a warning that belongs to no request, or that no answer will come any more. */
export type WorkerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: unknown }
  | { readonly warning: string }
  | { readonly failure: string };

/** The request that ends a worker, answered by its exit. */
export const CLOSE = "close";

/** The line between a RequestWorker and its other half, which runs in a thread or in a process. */
export interface WorkerChannel {
  /** @param transfer buffers that the other half may take over; a process gets a copy all the same */
  post(request: WorkerRequest, transfer: readonly TransferListItem[]): void;
  /** Whether the other half keeps this process alive. */
  keepAlive(on: boolean): void;
  /** Nothing that the other half does matters any more. */
  abandon(): void;
}

export interface ChannelEvents {
  readonly onReply: (reply: WorkerReply) => void;
  /** It will not answer any more, though it may not have ended yet. */
  readonly onFailure: (reason: string, cause?: unknown) => void;
  readonly onEnd: (reason: string) => void;
}

/** @param script the module that calls serveRequests */
export type OpenChannel = (name: string, script: URL, events: ChannelEvents) => WorkerChannel;
