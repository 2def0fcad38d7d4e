/** Runs an endless model in a sandbox until somebody kills this process. Prints "running" when the loop has begun. */
import { Sandbox } from "../../src/engine/runtime/sandbox/sandbox.js";
import { endlessLoop } from "./onnx-parts.js";

const sandbox = await Sandbox.open(
  endlessLoop().finish(),
  { input: "image", outputs: ["features"] },
  { memoryBytes: 1024 ** 3, deadlineSeconds: 60, openDeadlineSeconds: 60 },
);
const running = sandbox.run(new Float32Array(12), [1, 3, 2, 2]);
process.stdout.write("running");
await running;
