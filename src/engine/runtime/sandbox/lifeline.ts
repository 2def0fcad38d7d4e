/**
 * A thread of the sandboxed child that waits for the end of standard input, which the parent holds open and never
 * writes to. A model that loops for ever blocks the child's main thread and even process.exit(): only SIGKILL ends it.
 */
import { rmdirSync } from "node:fs";
import { Socket } from "node:net";

rmdirSync(process.cwd()); // here and not in the main thread: a thread cannot start in a folder that is gone
new Socket({ fd: 0, readable: true, writable: false })
  .on("close", () => process.kill(process.pid, "SIGKILL"))
  .resume();
