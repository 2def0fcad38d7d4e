import process from "node:process";
import { parentPort } from "node:worker_threads";
import type { TransferListItem } from "node:worker_threads";

import type { WorkerReply, WorkerRequest } from "./worker-channel.js";

/** The worker's end of a WorkerChannel. */
export interface ReplyPort {
  post(reply: WorkerReply, transfer?: readonly TransferListItem[]): void;
  /** Takes no more requests, so that the worker ends. */
  close(): void;
}

/** @throws TypeError if this is neither a worker thread nor a process with a channel to its parent */
export function openReplyPort(onRequest: (request: WorkerRequest) => void): ReplyPort {
  const thread = parentPort;
  if (thread !== null) {
    thread.on("message", onRequest);
    return {
      post: (reply, transfer = []) => thread.postMessage(reply, transfer),
      close: () => thread.close(),
    };
  }
  if (process.send === undefined) {
    throw new TypeError("serveRequests: runs in a worker thread or a forked process only");
  }
  let posted = Promise.resolve();
  process.on("message", onRequest);
  process.on("disconnect", () => process.exit()); // the parent is gone
  return {
    post: (reply) => {
      posted = new Promise((resolve) => process.send!(reply, undefined, undefined, () => resolve()));
    },
    // Not by itself: threads of a device's driver can keep a process alive.
    close: () => void posted.then(() => process.exit()),
  };
}
