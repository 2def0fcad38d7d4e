import type { TransferListItem } from "node:worker_threads";

import { DeviceFailure } from "./device-failure.js";
import { openReplyPort } from "./reply-port.js";
import { CLOSE } from "./worker-channel.js";
import type { WorkerRequest } from "./worker-channel.js";

/** Answers one kind of request; `transfer` lists buffers of the result that need no copy. */
export type Handler = (
  payload: never,
) => Promise<{ result: unknown; transfer?: readonly TransferListItem[] }>;

/**
 * The worker's half of RequestWorker: answers requests strictly one after the other, so that a handler never finds the
 * state of another half done. A DeviceFailure ends it: the device's state is then unknown.
 *
 * @param handlers one for each kind of request
 * @param onClose  frees what the handlers hold; the worker ends after it
 * @returns a function that sends a warning to the other half
 * @throws TypeError outside a worker
 */
export function serveRequests(
  handlers: Readonly<Record<string, Handler>>,
  onClose: () => Promise<void>,
): (warning: string) => void {
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
      port.post({ id, result }, transfer);
    } catch (error) {
      port.post(error instanceof DeviceFailure ? { failure: error.message } : { id, error });
    }
  };

  let queue = Promise.resolve();
  const port = openReplyPort((request) => {
    queue = queue.then(() => answer(request));
  });
  return (warning) => port.post({ warning });
}
