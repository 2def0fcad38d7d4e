import { macProbe } from "../../engine/onnx/count-macs.js";
import { ModelRefused } from "../../engine/onnx/model-refused.js";
import { ModelFailure } from "../../engine/runtime/sandbox/model-failure.js";
import type { Ptm } from "../../entities/ptm.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import type { Network, RunNetwork } from "./run-network.js";

export type MacCount = Pick<Ptm, "macs" | "macsReason">;

/** Counts the multiply-accumulate operations of networks that are known to run. */
export class CountMacs {
  constructor(
    private readonly store: ArtifactStore,
    private readonly network: RunNetwork,
  ) {}

  /**
   * @returns the count for one image, or why there is none
   * @throws SandboxNotStarted; the signal's reason
   */
  async run(network: Network, signal?: AbortSignal): Promise<MacCount> {
    const probe = macProbe(await this.store.read(network.artifactSha256));
    if ("reason" in probe) return { macs: null, macsReason: probe.reason };
    if (probe.outputs.length === 0) return { macs: 0, macsReason: null };
    try {
      const shapes = await this.network.once(probe.model, network.signature, probe.outputs, signal);
      const sizes = new Map([...shapes].map(([output, { values }]) => [output, values]));
      return { macs: probe.count(sizes), macsReason: null };
    } catch (error) {
      if (!(error instanceof ModelFailure || error instanceof ModelRefused)) throw error;
      // It runs as it is; so what failed is one image alone, or the questions that were added.
      return {
        macs: null,
        macsReason: `its shapes could not be asked for: ${error.message}`.slice(0, LONGEST),
      };
    }
  }
}

const LONGEST = 2000;
