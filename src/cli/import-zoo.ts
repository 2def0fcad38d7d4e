import { fileURLToPath } from "node:url";

import type { Container } from "../container.js";
import { ProgressBar } from "./progress-bar.js";

/** The demo zoo of this package. */
export const ZOO_FOLDER = fileURLToPath(new URL("../../../zoo", import.meta.url));

const POLL_MS = 100;

/**
 * Brings the demo zoo into a registry and waits until its PTMs are ready, with progress bars.
 *
 * @param tasks whether its tasks and outcomes come too, or which tasks do not
 */
export async function importZooWithProgress(
  container: Container,
  { tasks, except = [] }: { tasks: boolean; except?: readonly string[] },
): Promise<void> {
  await importZooFiles(container, { tasks, except });
  await zooPrepared(container);
}

/** Brings the demo zoo into a registry; its jobs go on. */
export async function importZooFiles(
  container: Container,
  options: { tasks: boolean; except: readonly string[] },
): Promise<void> {
  const importing = new ProgressBar("importing the zoo");
  await container.services.importZoo.run(ZOO_FOLDER, options, (done, total, what) =>
    importing.update(done, total, what),
  );
  importing.end();
}

/** Waits until no job is left. */
export async function zooPrepared(container: Container): Promise<void> {
  const preparing = new ProgressBar("preparing tokens");
  for (;;) {
    const { done, total } = await container.services.importZoo.jobsDone();
    preparing.update(done, total);
    if (done === total) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  preparing.end();
}
