import type { LabelledImages } from "../../archives/labelled-images.js";
import { Sandbox, type SandboxOptions, startSandboxProcess } from "../../engine/runtime/sandbox/sandbox.js";
import { SandboxLauncher } from "../../engine/runtime/sandbox/sandbox-launcher.js";
import type { Launch } from "../../engine/runtime/sandbox/sandbox-process.js";
import { SpareProcesses } from "../../engine/runtime/sandbox/spare-processes.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { type Network, type NetworkBatch, OpenNetwork } from "./open-network.js";
import { PreparedBatches } from "./prepared-batches.js";

/** Starting a process takes a core for 70 ms: one at a time, while no network wants them. */
const REST_MS = 100;

/** What runs networks in every sandbox. */
export const SANDBOX_RUNTIME = { provider: "cpu", threads: 1 } as const;

/** Runs foreign networks on samples, each in a sandbox of its own. */
export class RunNetwork {
  readonly #launcher = new SandboxLauncher();
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
    const launch: Launch = (order) => this.#launcher.start(order);
    this.#spares = new SpareProcesses(() => startSandboxProcess(sandbox.memoryBytes, launch), spares);
  }

  /**
   * Yields what the network says, batch after batch, so that a large task never lies in memory as float32.
   *
   * @throws ModelRefused, ModelFailure: the network's fault, which a retry does not mend; SandboxNotStarted, which it
   *   may; the signal's reason
   */
  async *run(network: Network, samples: LabelledImages, signal?: AbortSignal): AsyncGenerator<NetworkBatch> {
    const sandbox = await this.#open(network, signal);
    try {
      yield* this.#lend(sandbox, network, signal).run(samples);
    } finally {
      this.#close(sandbox);
    }
  }

  /**
   * Opens a network for whoever asks it for more than one thing: all of it in one sandbox, which costs more to start than
   * most PTMs take.
   *
   * @throws as `run`, and what `work` throws
   */
  async with<Result>(
    network: Network,
    work: (opened: OpenNetwork) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    const sandbox = await this.#open(network, signal);
    try {
      return await work(this.#lend(sandbox, network, signal));
    } finally {
      this.#close(sandbox);
    }
  }

  #lend(sandbox: Sandbox, { signature }: Network, signal: AbortSignal | undefined): OpenNetwork {
    return new OpenNetwork(sandbox, signature, this.#batches, this.onSeconds, signal);
  }

  async #open({ signature, artifactSha256 }: Network, signal: AbortSignal | undefined): Promise<Sandbox> {
    const { features, probabilities } = signature.outputs;
    const outputs = probabilities === undefined ? [features] : [features, probabilities];
    const file = { path: await this.store.path(artifactSha256), sha256: artifactSha256 };
    clearTimeout(this.#rest);
    this.#running++;
    try {
      const options = { ...this.sandbox, spares: this.#spares };
      return await Sandbox.open(file, { input: signature.input, outputs }, options, signal);
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
    await this.#launcher.close();
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
