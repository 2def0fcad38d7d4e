import type { LabelledImages } from "../../archives/labelled-images.js";
import type { Matrix } from "../../engine/matrix.js";
import {
  type ModelPorts,
  type ModelSource,
  Sandbox,
  type SandboxOptions,
  startSandboxProcess,
} from "../../engine/runtime/sandbox/sandbox.js";
import { SpareProcesses } from "../../engine/runtime/sandbox/spare-processes.js";
import { inputShape, type PtmSignature } from "../../engine/tokens/signature.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { PreparedBatches } from "./prepared-batches.js";

/** Large enough to keep the runtime busy, small enough that a batch of 224 x 224 images stays under 40 MB. */
const BATCH = 64;
/** Starting a process holds the server for 10 ms and takes a core for 100: one at a time, while no network wants them. */
const REST_MS = 100;

/** What runs networks in every sandbox. */
export const SANDBOX_RUNTIME = { provider: "cpu", threads: 1 } as const;

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

/** Runs foreign networks on samples, each in a sandbox of its own. */
export class RunNetwork {
  readonly #spares: SpareProcesses;
  /** Ends of sandboxes that nobody need wait for: the answer is there. */
  readonly #closing = new Set<Promise<void>>();
  readonly #batches = new PreparedBatches();
  #running = 0;
  #rest: NodeJS.Timeout | undefined;

  /**
   * @param spares    how many sandboxes to hold ready once a first network was run
   * @param onSeconds told what each batch took in its sandbox
   */
  constructor(
    private readonly store: ArtifactStore,
    private readonly sandbox: SandboxOptions,
    spares: number,
    private readonly onSeconds: (seconds: number) => void = () => undefined,
  ) {
    this.#spares = new SpareProcesses(() => startSandboxProcess(sandbox.memoryBytes), spares);
  }

  /**
   * Yields what the network says, batch after batch, so that a large task never lies in memory as float32.
   *
   * @throws ModelRefused, ModelFailure: the network's fault, which a retry does not mend; SandboxNotStarted, which it
   *   may; the signal's reason
   */
  async *run(network: Network, samples: LabelledImages, signal?: AbortSignal): AsyncGenerator<NetworkBatch> {
    const { signature, artifactSha256 } = network;
    const { features, probabilities } = signature.outputs;
    const outputs = probabilities === undefined ? [features] : [features, probabilities];
    const file = { path: await this.store.path(artifactSha256), sha256: artifactSha256 };
    const sandbox = await this.#open(file, { input: signature.input, outputs }, signal);
    try {
      for (let begin = 0; begin < samples.count; begin += BATCH) {
        const end = Math.min(begin + BATCH, samples.count);
        const values = this.#batches.prepare(samples, begin, end, signature);
        const asked = performance.now();
        const answer = await sandbox.run(values, inputShape(signature, end - begin), signal);
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
    } finally {
      this.#close(sandbox);
    }
  }

  /**
   * Runs a network that is no artifact once, on one image of zeros.
   *
   * @throws as `run`
   */
  async once(
    model: Uint8Array,
    signature: PtmSignature,
    outputs: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Matrix>> {
    const shape = inputShape(signature, 1);
    const image = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const sandbox = await this.#open(model, { input: signature.input, outputs }, signal);
    try {
      return await sandbox.run(image, shape, signal);
    } finally {
      this.#close(sandbox);
    }
  }

  async #open(source: ModelSource, ports: ModelPorts, signal: AbortSignal | undefined): Promise<Sandbox> {
    clearTimeout(this.#rest);
    this.#running++;
    try {
      return await Sandbox.open(source, ports, { ...this.sandbox, spares: this.#spares }, signal);
    } catch (error) {
      this.#ended();
      throw error;
    }
  }

  #close(sandbox: Sandbox): void {
    this.#ended();
    const closing = sandbox.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #ended(): void {
    if (--this.#running === 0) this.#refillAtRest();
  }

  #refillAtRest(): void {
    this.#rest = setTimeout(() => {
      if (this.#spares.refill()) this.#refillAtRest();
    }, REST_MS).unref();
  }

  /** Ends every process that is left. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    await this.#spares.close();
    await Promise.all(this.#closing);
  }
}

/** The samples at the given positions. */
export function selectSamples(samples: LabelledImages, positions: Int32Array): LabelledImages {
  if (positions.length === samples.count) return samples;
  const bytes = samples.height * samples.width * 3;
  const images = new Uint8Array(positions.length * bytes);
  positions.forEach((position, i) => {
    images.set(samples.images.subarray(position * bytes, (position + 1) * bytes), i * bytes);
  });
  const labels = Int32Array.from(positions, (position) => samples.labels[position]!);
  return { ...samples, count: positions.length, images, labels };
}
