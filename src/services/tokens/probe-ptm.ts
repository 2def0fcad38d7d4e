import { LRUCache } from "lru-cache";

import type { LabelledImages } from "../../archives/labelled-images.js";
import { fingerprint } from "../../engine/tokens/fingerprint.js";
import type { TimedBatch } from "../../engine/tokens/latency.js";
import { PROBE_IMAGES, probeImages } from "../../engine/tokens/probe-images.js";
import type { Ptm } from "../../entities/ptm.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { countMacs, type MacCount } from "./count-macs.js";
import type { OpenNetwork } from "./open-network.js";
import type { RunNetwork } from "./run-network.js";

/** A first batch, which warms up, and two that count; for a slow network fewer. */
const ROUNDS = 3;
const ENOUGH_SECONDS = 0.25;
/** The images of the sizes that came last: PTMs are often added by the dozen. 64 of 224 x 224 take 10 MB. */
const KEPT_BYTES = 16 * 1024 * 1024;

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
  readonly #images = new LRUCache<string, LabelledImages>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ images }) => images.byteLength,
  });

  constructor(
    private readonly store: ArtifactStore,
    private readonly network: RunNetwork,
  ) {}

  /**
   * What runs here runs on a task: the outputs exist, are finite and keep their width.
   *
   * @throws ModelRefused, ModelFailure: the PTM's fault; SandboxNotStarted; the signal's reason
   */
  async run(ptm: Ptm, signal: AbortSignal): Promise<PtmProbe> {
    const file = await this.store.read(ptm.artifactSha256);
    const images = this.#probes(ptm.signature);
    return this.network.with(
      ptm,
      async (opened) => ({ ...(await look(opened, images)), count: await countMacs(opened, file) }),
      signal,
    );
  }

  #probes({ height, width }: Ptm["signature"]): LabelledImages {
    const key = `${height} x ${width}`;
    const images = this.#images.get(key) ?? probes(height, width);
    this.#images.set(key, images);
    return images;
  }
}

/** Shows a PTM the same batch a few times. */
async function look(opened: OpenNetwork, images: LabelledImages): Promise<Omit<PtmProbe, "count">> {
  const batches: TimedBatch[] = [];
  let featureWidth = 0;
  let sight: Float32Array | undefined;
  let total = 0;
  for (let round = 0; round < ROUNDS && total < ENOUGH_SECONDS; round++) {
    for await (const { features, seconds } of opened.run(images)) {
      if (round === 0) {
        featureWidth = features.columns;
        sight = fingerprint(features);
      }
      batches.push({ samples: features.rows, seconds });
      total += seconds;
    }
  }
  return { featureWidth, batches, fingerprint: sight };
}

function probes(height: number, width: number): LabelledImages {
  const images = probeImages(height, width);
  const labels = new Int32Array(PROBE_IMAGES);
  return { count: PROBE_IMAGES, height, width, images, labels, classNames: ["probe"] };
}
