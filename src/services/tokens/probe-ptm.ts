import type { LabelledImages } from "../../archives/labelled-images.js";
import { fingerprint } from "../../engine/tokens/fingerprint.js";
import type { TimedBatch } from "../../engine/tokens/latency.js";
import { PROBE_IMAGES, probeImages } from "../../engine/tokens/probe-images.js";
import type { Ptm } from "../../entities/ptm.js";
import type { CountMacs, MacCount } from "./count-macs.js";
import type { RunNetwork } from "./run-network.js";

/** A first batch, which warms up, and two that count; for a slow network fewer. */
const ROUNDS = 3;
const ENOUGH_SECONDS = 0.25;

/** What a first run of a PTM tells. */
export interface PtmProbe {
  readonly featureWidth: number;
  readonly count: MacCount;
  readonly batches: readonly TimedBatch[];
  /** See engine/tokens/fingerprint.ts; undefined for features that are the same for every image. */
  readonly fingerprint: Float32Array | undefined;
}

/** Runs a PTM for the first time, on images that need nobody's data. */
export class ProbePtm {
  constructor(
    private readonly network: RunNetwork,
    private readonly countMacs: CountMacs,
  ) {}

  /**
   * What runs here runs on a task: the outputs exist, are finite and keep their width.
   *
   * @throws ModelRefused, ModelFailure: the PTM's fault; SandboxNotStarted; the signal's reason
   */
  async run(ptm: Ptm, signal: AbortSignal): Promise<PtmProbe> {
    const batches: TimedBatch[] = [];
    let featureWidth = 0;
    let sight: Float32Array | undefined;
    let total = 0;
    for await (const { features, seconds } of this.network.run(ptm, probes(ptm), signal)) {
      if (batches.length === 0) {
        featureWidth = features.columns;
        sight = fingerprint(features);
      }
      batches.push({ samples: features.rows, seconds });
      total += seconds;
      if (total >= ENOUGH_SECONDS) break;
    }
    return { featureWidth, count: await this.countMacs.run(ptm, signal), batches, fingerprint: sight };
  }
}

function probes({ signature: { height, width } }: Ptm): LabelledImages {
  const once = probeImages(height, width);
  const images = new Uint8Array(ROUNDS * once.length);
  for (let round = 0; round < ROUNDS; round++) images.set(once, round * once.length);
  const count = ROUNDS * PROBE_IMAGES;
  return { count, height, width, images, labels: new Int32Array(count), classNames: ["probe"] };
}
