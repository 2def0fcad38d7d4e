import { macProbe } from "../../engine/onnx/count-macs.js";
import { ModelRefused } from "../../engine/onnx/model-refused.js";
import { ModelFailure } from "../../engine/runtime/sandbox/model-failure.js";
import type { Ptm } from "../../entities/ptm.js";
import type { OpenNetwork } from "./open-network.js";

export type MacCount = Pick<Ptm, "macs" | "macsReason">;

const LONGEST = 2000;

/**
 * Counts the multiply-accumulate operations of a network that is known to run, in the sandbox where it ran: its last use.
 *
 * @param bytes the network's file
 * @returns the count for one image, or why there is none
 * @throws the signal's reason
 */
export async function countMacs(opened: OpenNetwork, bytes: Uint8Array): Promise<MacCount> {
  const probe = macProbe(bytes);
  if ("reason" in probe) return { macs: null, macsReason: probe.reason };
  if (probe.outputs.length === 0) return { macs: 0, macsReason: null };
  try {
    const shapes = await opened.runForm(probe.model, probe.outputs);
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
