import { ModelRefused } from "../../engine/onnx/model-refused.js";
import { ModelFailure } from "../../engine/runtime/sandbox/model-failure.js";
import { DomainError } from "../../errors.js";

/**
 * Whether a job's error lies in what it was given, so that every further attempt would end the same way.
 *
 * @returns the reason in words for the one who gave it; undefined for a fault of the machine, which may pass
 */
export function permanentFailure(error: unknown): string | undefined {
  if (error instanceof ModelFailure || error instanceof ModelRefused)
    return `${error.code}: ${error.message}`;
  if (error instanceof DomainError && error.code !== "UNAVAILABLE" && error.code !== "RESOURCE_EXHAUSTED") {
    return error.message;
  }
  return undefined;
}
