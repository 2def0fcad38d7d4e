/** What can run a graph; the names are ONNX Runtime's. */
const EXECUTION_PROVIDERS = ["cuda", "tensorrt", "webgpu", "coreml", "dml", "cpu"] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

/**
 * Reads a list such as "cuda,webgpu,cpu": first choice first.
 *
 * @throws RangeError if the list is empty, a name is unknown or comes twice
 */
export function parseExecutionProviders(list: string): ExecutionProvider[] {
  const names = list.split(",").map((name) => name.trim().toLowerCase());
  const providers = names.map((name) => {
    const provider = EXECUTION_PROVIDERS.find((known) => known === name);
    if (provider === undefined) {
      throw new RangeError(
        `execution providers: expected a list of ${EXECUTION_PROVIDERS.join(", ")}, got "${name}" in "${list}"`,
      );
    }
    return provider;
  });
  if (new Set(providers).size < providers.length) {
    throw new RangeError(`execution providers: each name may come once, got "${list}"`);
  }
  return providers;
}

/**
 * Tries the providers in order until one opens. ONNX Runtime itself does not fall back: a list with one provider that
 * is not there fails as a whole, so each is tried alone.
 *
 * @param attempt   opens something on one provider; a rejection means that the provider is not there, but for a
 *   RangeError, which means that what is opened would be wrong anywhere
 * @param onWarning hears why a provider was passed over
 * @returns what `attempt` gave, and the provider that gave it
 * @throws Error naming every provider and its reason, when none opens; a RangeError of `attempt`
 */
export async function openOnFirst<T>(
  providers: readonly ExecutionProvider[],
  attempt: (provider: ExecutionProvider) => Promise<T>,
  onWarning: (message: string) => void,
): Promise<{ opened: T; provider: ExecutionProvider }> {
  const failures: Error[] = [];
  for (const [i, provider] of providers.entries()) {
    try {
      return { opened: await attempt(provider), provider };
    } catch (reason) {
      if (reason instanceof RangeError) throw reason;
      const failure = new Error(
        `execution provider ${provider} cannot be used: ${reason instanceof Error ? reason.message.trim() : String(reason)}`,
        { cause: reason },
      );
      failures.push(failure);
      const next = providers[i + 1];
      if (next !== undefined) onWarning(`${failure.message}; trying ${next}`);
    }
  }
  throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
}
