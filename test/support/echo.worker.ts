import { DeviceFailure } from "../../src/engine/runtime/device-failure.js";
import { serveRequests } from "../../src/engine/runtime/serve-requests.js";

/** A worker for the tests of RequestWorker: echoes, waits, fails and dies on request. */
const order: string[] = [];

const warn = serveRequests(
  {
    echo: async (payload: string) => {
      await new Promise(setImmediate);
      order.push(payload);
      warn(`echoed ${payload}`);
      return { result: [...order] };
    },
    fail: () => Promise.reject(new RangeError("echo: asked to fail")),
    die: () => {
      process.nextTick(() => {
        throw new Error("echo: asked to die");
      });
      return new Promise(() => undefined);
    },
    leave: () => process.exit(3),
    loseDevice: () => Promise.reject(new DeviceFailure("the device is gone")),
    sumAndPid: async ({ values }: { values: Float32Array }) => ({
      result: { sum: values.reduce((sum, value) => sum + value, 0), pid: process.pid },
    }),
  },
  () => Promise.resolve(),
);
