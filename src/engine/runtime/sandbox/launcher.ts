/**
 * The process that starts sandboxes for a server, started by SandboxLauncher and never imported. A fork takes as long as its
 * parent is large, and the parent does nothing else meanwhile: 10 to 40 ms of a server's thread for each sandbox, 1 ms of
 * this one's. What is said to a sandbox does not pass through here: the server gets its end of the pipe.
 */
import { type ChildOrder, startChild, type StartedChild } from "./start-child.js";

export type LauncherOrder =
  | ({ readonly kind: "start"; readonly id: number } & ChildOrder)
  | { readonly kind: "kill"; readonly id: number };

const children = new Map<number, StartedChild>();

process.on("message", (order: LauncherOrder) => {
  if (order.kind === "kill") children.get(order.id)?.kill();
  else start(order);
});
// Standard input ends with the server. A channel that ends while a socket is on its way over it tells nobody.
process.stdin.resume().once("close", () => {
  for (const child of children.values()) child.kill();
  process.exit();
});

function start({ id, ...order }: ChildOrder & { readonly id: number }): void {
  const child = startChild(order);
  children.set(id, child);
  // The socket is the server's from now on; left open here it would keep the child's end from being told.
  process.send!({ kind: "started", id, pid: child.pid }, child.pipe, {}, () => child.pipe?.destroy());
  void child.ended.then((end) => {
    children.delete(id);
    if (process.connected) process.send!({ kind: "ended", id, end });
  });
}
