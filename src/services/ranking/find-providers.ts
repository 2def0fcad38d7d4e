import type { ExecutionProvider } from "../../engine/runtime/execution-providers.js";
import { usableProviders } from "../../engine/runtime/usable-providers.js";

/** Which providers of ORB_EXECUTION_PROVIDERS can be used on this machine, see usableProviders. */
export interface FoundProviders {
  /** The first one runs rankings, the others are there for its loss. */
  readonly usable: readonly ExecutionProvider[];
  /** Why others were passed over. */
  readonly reasons: readonly string[];
}

/** @throws Error that tells an operator what to do, when none can be used */
export async function findProviders(
  executionProviders: readonly ExecutionProvider[],
  onWarning: (warning: string) => void,
): Promise<FoundProviders> {
  try {
    return await usableProviders(executionProviders, onWarning);
  } catch (cause) {
    throw new Error(
      `The configuration asks for what is not there: ORB_EXECUTION_PROVIDERS=${executionProviders.join()}, but ` +
        `${(cause as Error).message}\nSee docs/gpu.md for what it needs; a list that ends in cpu starts without it.`,
      { cause },
    );
  }
}
