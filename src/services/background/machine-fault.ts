import { isDatabaseAway } from "../../database/database-away.js";
import { SandboxLost } from "../../engine/runtime/sandbox/sandbox-lost.js";
import { SandboxNotStarted } from "../../engine/runtime/sandbox/sandbox-not-started.js";
import { DomainError } from "../../errors.js";

/** Whether a job's attempt ended because something around it was down or used up: that says nothing of the job. */
export function isMachineFault(error: unknown): boolean {
  if (error instanceof SandboxNotStarted || error instanceof SandboxLost || isDatabaseAway(error))
    return true;
  return (
    error instanceof DomainError && (error.code === "UNAVAILABLE" || error.code === "RESOURCE_EXHAUSTED")
  );
}
