import type { Config } from "../config.js";
import { Container } from "../container.js";
import type { Logger } from "../log.js";

/** One Ctrl-C can arrive twice: from the terminal, and forwarded by the npm that started us. */
const SAME_KEYSTROKE_MS = 300;
/** What a shell reports for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Runs a command's work on an open container and closes it, however the work ends. The first SIGINT or SIGTERM, at
 * whatever moment, stops cleanly; a later one kills the process at once, as people expect.
 *
 * @param work answers "stays up" if only a signal ends the command; being stopped before that is exit code 130
 */
export async function withContainer(
  config: Config,
  log: Logger,
  work: (container: Container) => Promise<"stays up" | "done">,
): Promise<void> {
  const stopped = untilStopped();
  const container = await Container.open(config, log);
  try {
    const ending = await Promise.race([work(container), stopped]);
    if (ending === "stays up") await stopped;
    if (ending === "stopped") process.exitCode = INTERRUPTED;
  } finally {
    await container.close();
  }
}

async function untilStopped(): Promise<"stopped"> {
  return await new Promise((resolve) => {
    const stop = (): void => {
      setTimeout(() => {
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
      }, SAME_KEYSTROKE_MS).unref();
      resolve("stopped");
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
