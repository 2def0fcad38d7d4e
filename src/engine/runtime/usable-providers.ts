import { openOnFirst } from "./execution-providers.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { startScorerWorker } from "./scorer-worker.js";

/**
 * The providers from the first one on that is there and computes right, each tried in a process of its own: what was
 * found missing once need not be tried again for every zoo.
 *
 * @returns the rest of the list, and why those before it are passed over
 * @throws Error naming every provider and its reason, when none is left
 */
export async function usableProviders(
  executionProviders: readonly ExecutionProvider[],
  onWarning: (message: string) => void,
): Promise<{ readonly usable: readonly ExecutionProvider[]; readonly reasons: readonly string[] }> {
  const reasons: string[] = [];
  const { provider: first } = await openOnFirst(
    executionProviders,
    async (provider) => {
      if (provider === "cpu") return;
      const worker = startScorerWorker(provider, { onWarning });
      try {
        await worker.request("check", { provider });
      } finally {
        await worker.close();
      }
    },
    (warning) => {
      reasons.push(warning);
      onWarning(warning);
    },
  );
  return { usable: executionProviders.slice(executionProviders.indexOf(first)), reasons };
}
