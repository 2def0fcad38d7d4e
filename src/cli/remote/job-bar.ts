import type { JobPartsFragment, OrbClient } from "orbweaver-client";

import { ProgressBar } from "../progress-bar.js";

/** Waits for a job with a progress bar. @throws OrbError if it fails */
export async function waitWithBar(
  orb: OrbClient,
  job: JobPartsFragment | null,
  label: string,
): Promise<void> {
  if (job === null || job.state === "COMPLETED") return;
  const bar = new ProgressBar(label);
  try {
    await orb.jobDone(job.id, ({ state, stage, progress }) =>
      bar.update(
        Math.round(100 * progress),
        100,
        state === "QUEUED" ? "waiting for a worker" : (stage ?? ""),
      ),
    );
  } finally {
    bar.end();
  }
}
