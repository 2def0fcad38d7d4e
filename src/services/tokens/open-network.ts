import type { LabelledImages } from "../../archives/labelled-images.js";
import type { Matrix } from "../../engine/matrix.js";
import type { Sandbox } from "../../engine/runtime/sandbox/sandbox.js";
import { inputShape, type PtmSignature } from "../../engine/tokens/signature.js";
import type { PreparedBatches } from "./prepared-batches.js";

/** Large enough to keep the runtime busy, small enough that a batch of 224 x 224 images stays under 40 MB. */
const BATCH = 64;

/** A network and how it takes images: a PTM, or the general encoder. */
export interface Network {
  readonly artifactSha256: string;
  readonly signature: PtmSignature;
}

/** What a network says about one batch of samples. */
export interface NetworkBatch {
  /** Shape [n, D]. */
  readonly features: Matrix;
  /** Shape [n, S]; absent where the network has no such output. */
  readonly probabilities?: Matrix | undefined;
  /** Shape [n]. */
  readonly labels: Int32Array;
  /** From the moment the sandbox was asked until its answer was here: reading and scaling images is not in it. */
  readonly seconds: number;
  /** Samples done so far over all samples, 0 to 1. */
  readonly progress: number;
}

/** A foreign network in its sandbox, for as long as RunNetwork lends it. */
export class OpenNetwork {
  constructor(
    private sandbox: Sandbox,
    private readonly signature: PtmSignature,
    private readonly batches: PreparedBatches,
    private readonly onSeconds: (seconds: number) => void,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Yields what the network says, batch after batch. @throws ModelFailure: the network's fault; the signal's reason */
  async *run(samples: LabelledImages): AsyncGenerator<NetworkBatch> {
    const { features, probabilities } = this.signature.outputs;
    for (let begin = 0; begin < samples.count; begin += BATCH) {
      const end = Math.min(begin + BATCH, samples.count);
      const values = this.batches.prepare(samples, begin, end, this.signature);
      const asked = performance.now();
      const answer = await this.sandbox.run(values, inputShape(this.signature, end - begin), this.signal);
      const seconds = (performance.now() - asked) / 1000;
      this.onSeconds(seconds);
      yield {
        features: answer.get(features)!,
        probabilities: probabilities === undefined ? undefined : answer.get(probabilities),
        labels: samples.labels.subarray(begin, end),
        seconds,
        progress: end / samples.count,
      };
    }
  }

  /**
   * Runs another form of the network once, on one image of zeros. The network itself runs no more after that.
   *
   * @throws ModelRefused, ModelFailure: the fault of the form; the signal's reason
   */
  async runForm(form: Uint8Array, outputs: readonly string[]): Promise<ReadonlyMap<string, Matrix>> {
    const shape = inputShape(this.signature, 1);
    const image = new Float32Array(shape.reduce((product, size) => product * size, 1));
    this.sandbox = await this.sandbox.reopen(form, { input: this.signature.input, outputs }, this.signal);
    return this.sandbox.run(image, shape, this.signal);
  }
}
