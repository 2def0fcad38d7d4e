import type { ExecutionProvider } from "../../engine/runtime/execution-providers.js";
import type { FoundProviders } from "./find-providers.js";
import type { ZooIndexes } from "./zoo-indexes.js";

export interface ProviderReport {
  /** As ORB_EXECUTION_PROVIDERS lists them. */
  readonly requested: readonly ExecutionProvider[];
  /** Undefined while a lost one is being replaced, or cannot be. */
  readonly inUse: ExecutionProvider | undefined;
  /** Why it is not the first of those; undefined if it is. */
  readonly fallbackReason: string | undefined;
}

/** What computes this process's rankings, and why it is not what was asked for. */
export class ProviderHealth {
  constructor(
    private readonly requested: readonly ExecutionProvider[],
    private readonly found: FoundProviders,
    private readonly indexes: ZooIndexes,
  ) {}

  read(): ProviderReport {
    const { provider, reason } = this.indexes.runsOn ?? { provider: this.found.usable[0], reason: undefined };
    const reasons = reason === undefined ? this.found.reasons : [...this.found.reasons, reason];
    return {
      requested: this.requested,
      inUse: provider,
      fallbackReason: reasons.length === 0 ? undefined : reasons.join("; "),
    };
  }

  get isFirstChoice(): boolean {
    return this.read().inUse === this.requested[0];
  }
}
