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
  const importing = new ProgressBar("importing the zoo");
  await container.services.importZoo.run(ZOO_FOLDER, { tasks, except }, (done, total, what) =>
    importing.update(done, total, what),
  );
  importing.end();

  const preparing = new ProgressBar("preparing tokens");
  for (;;) {
    const { done, total } = await container.services.importZoo.jobsDone();
    preparing.update(done, total);
    if (done === total) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  preparing.end();
}
