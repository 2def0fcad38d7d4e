/** Has a sandbox started by a launcher and never takes it, until somebody kills this process. */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

import { SandboxLauncher } from "../../src/engine/runtime/sandbox/sandbox-launcher.js";

void new SandboxLauncher().start({
  script: fileURLToPath(new URL("./rogue-child.js", import.meta.url)), // it waits for what never comes
  memoryBytes: 1024 ** 3,
  directory: tmpdir(),
});
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
