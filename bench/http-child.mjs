import { monitorEventLoopDelay } from "node:perf_hooks";

/** Tells the parent where the server is, then answers each of its messages with what the time since cost. */
export function reportTo(parent, ready) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let before = process.cpuUsage();
  parent.on("message", () => {
    const { user, system } = process.cpuUsage(before);
    // The histogram holds whole intervals of the 1 ms timer; what exceeds them is delay.
    const delayP99 = Math.max(0, delay.percentile(99) / 1e6 - 1);
    delay.reset();
    before = process.cpuUsage();
    parent.send({ cpu: (user + system) / 1e6, delayP99, memory: process.memoryUsage().rss / 1e6 });
  });
  parent.send(ready);
}
