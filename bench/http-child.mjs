import { Session } from "node:inspector/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";

/**
 * Tells the parent where the server is, then answers its messages: "usage" with what the time since the last one cost,
 * "profile" when its profiler runs, "profiled" with what the main thread did since.
 */
export function reportTo(parent, ready) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let before = process.cpuUsage();
  const inspector = new Session();
  const answers = {
    usage: () => {
      const { user, system } = process.cpuUsage(before);
      // The histogram holds whole intervals of the 1 ms timer; what exceeds them is delay.
      const delayP99 = Math.max(0, delay.percentile(99) / 1e6 - 1);
      delay.reset();
      before = process.cpuUsage();
      return { cpu: (user + system) / 1e6, delayP99, memory: process.memoryUsage().rss / 1e6 };
    },
    profile: async () => {
      inspector.connect();
      await inspector.post("Profiler.enable");
      await inspector.post("Profiler.setSamplingInterval", { interval: 200 });
      await inspector.post("Profiler.start");
    },
    profiled: async () => {
      const { profile } = await inspector.post("Profiler.stop");
      inspector.disconnect();
      return profile;
    },
  };
  parent.on("message", async (kind) => parent.send((await answers[kind]()) ?? null));
  parent.send(ready);
}
