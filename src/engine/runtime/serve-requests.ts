import { parentPort } from "node:worker_threads";
import type { TransferListItem } from "node:worker_threads";

import { CLOSE } from "./request-worker.js";
import type { WorkerReply, WorkerRequest } from "./request-worker.js";

/** Answers one kind of request; `transfer` lists buffers of the result that need no copy. */
export type Handler = (
  payload: never,
) => Promise<{ result: unknown; transfer?: readonly TransferListItem[] }>;

/**
 * The worker's half of RequestWorker: answers requests strictly one after the other, so that a handler never finds the
 * state of another half done.
 *
 * @param handlers one for each kind of request
 * @param onClose  frees what the handlers hold; the thread ends after it
 * @returns a function that sends a warning to the other half
 * @throws TypeError outside a worker thread
 */
export function serveRequests(
  handlers: Readonly<Record<string, Handler>>,
  onClose: () => Promise<void>,
): (warning: string) => void {
  const port = parentPort;
  if (port === null) throw new TypeError("serveRequests: runs in a worker thread only");
  const reply = (message: WorkerReply, transfer: readonly TransferListItem[] = []): void =>
    port.postMessage(message, transfer);

  const answer = async ({ id, kind, payload }: WorkerRequest): Promise<void> => {
    if (kind === CLOSE) {
      await onClose();
      port.close();
      return;
    }
    try {
      const handler = handlers[kind];
      if (handler === undefined) throw new TypeError(`serveRequests: no handler for "${kind}"`);
      const { result, transfer } = await handler(payload as never);
      reply({ id, result }, transfer);
    } catch (error) {
      reply({ id, error });
    }
  };

  let queue = Promise.resolve();
  port.on("message", (request: WorkerRequest) => {
    queue = queue.then(() => answer(request));
  });
  return (warning) => reply({ warning });
}
