import { DEFAULT_INSPECTION_LIMITS, inspectModel } from "../../onnx/inspect.js";
import type { InspectionLimits, ModelInspection } from "../../onnx/inspect.js";
import { ModelRefused } from "../../onnx/model-refused.js";
import { quote } from "../../onnx/quote.js";
import type { ModelValue } from "../../onnx/read-value.js";
import type { Matrix } from "../../matrix.js";
import { ModelFailure } from "./model-failure.js";
import { SandboxProcess, isAboutMemory, outOfMemory } from "./sandbox-process.js";
import type { ExpectedAnswer, Launch } from "./sandbox-process.js";
import { readModelFile } from "./read-model-file.js";
import { SandboxNotStarted } from "./sandbox-not-started.js";
import type { SpareProcesses } from "./spare-processes.js";

export interface SandboxOptions {
  /** For the whole process, at least 192 MiB: node and ONNX Runtime alone take about 150. */
  readonly memoryBytes: number;
  /** For each batch. */
  readonly deadlineSeconds: number;
  /** For loading the model, which may compute its constants then. */
  readonly openDeadlineSeconds: number;
  /** Intra-op threads of ONNX Runtime; default 1, since many sandboxes share a machine. */
  readonly threads?: number;
  readonly inspectionLimits?: Partial<InspectionLimits>;
  /** Processes with `memoryBytes` each that wait already; without them each sandbox starts its own. */
  readonly spares?: SpareProcesses;
}

/** Which input takes the batch and which outputs are wanted. */
export interface ModelPorts {
  readonly input: string;
  readonly outputs: readonly string[];
}

/** A model's bytes, or a stored file with the SHA-256 (lower-case hexadecimal) that it must have. */
export type ModelSource = Uint8Array | { readonly path: string; readonly sha256: string };

/** A start takes 0.2 s; a machine that is far too busy gets a hundred times that. */
const WAKE_SECONDS = 20;

/** Wider rows than any known network's penultimate layer; bounds what a model can make the parent hold. */
const MAXIMUM_WIDTH = 65_536;

/** With less, node aborts before it can say why (measured: SIGABRT at 64 MiB, a small model runs at 192). */
const LEAST_MEMORY_BYTES = 192 * 1024 ** 2;

const CHILD = new URL("./child.js", import.meta.url);

/** A process that waits for a model. */
export function startSandboxProcess(memoryBytes: number, launch?: Launch): Promise<SandboxProcess> {
  return SandboxProcess.start(CHILD, memoryBytes, launch);
}

/**
 * A foreign model, loaded in a child process of its own and kept warm for batch after batch. The file is inspected
 * here before a byte of it reaches ONNX Runtime, the child gets it over a pipe and can open no file by its name, and
 * what comes back is checked. Any failure ends the child; the sandbox then repeats that failure.
 */
export class Sandbox {
  readonly #process: SandboxProcess;
  readonly #widths = new Map<string, number>();

  /**
   * Inspects the model, starts the child and loads the model in it.
   *
   * @throws ModelRefused from the inspection or if a port does not exist or is not float32; ModelFailure if ONNX Runtime
   *   cannot load the model within the limits; SandboxNotStarted; the signal's reason if it is aborted
   */
  static async open(
    source: ModelSource,
    ports: ModelPorts,
    options: SandboxOptions,
    signal?: AbortSignal,
  ): Promise<Sandbox> {
    requireSensible(options);
    signal?.throwIfAborted();
    const limits = inspectionLimits(options);
    const bytes =
      source instanceof Uint8Array
        ? source
        : await readModelFile(source.path, source.sha256, limits.maximumBytes);
    const inspection = inspect(bytes, ports, limits);

    const child = await (options.spares?.take() ?? startSandboxProcess(options.memoryBytes));
    try {
      await wake(child, signal);
      await load(child, bytes, ports, options, signal);
    } catch (error) {
      await child.close();
      throw error;
    }
    return new Sandbox(child, inspection, ports, options);
  }

  private constructor(
    process: SandboxProcess,
    readonly inspection: ModelInspection,
    private readonly ports: ModelPorts,
    private readonly options: SandboxOptions,
  ) {
    this.#process = process;
  }

  /**
   * Runs one batch; batches go one after the other.
   *
   * @param batch finite values in the order of `shape`; not to be changed before the answer
   * @param shape its first size is the number of images n >= 1
   * @returns for each output asked for a matrix [n, D], finite, D the same in every batch
   * @throws ModelFailure MODEL_TIMEOUT, MODEL_OUT_OF_MEMORY, MODEL_CRASHED, INVALID_MODEL, INVALID_OUTPUT; RangeError if
   *   the batch does not fill its shape; the signal's reason if it is aborted, which ends the sandbox
   */
  async run(
    batch: Float32Array,
    shape: readonly number[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Matrix>> {
    const elements = shape.reduce((product, size) => product * size, 1);
    const [rows] = shape;
    if (rows === undefined || !shape.every((size) => Number.isInteger(size) && size > 0)) {
      throw new RangeError(`sandbox: sizes of a batch must be integers >= 1, got [${shape.join(", ")}]`);
    }
    if (elements !== batch.length) {
      throw new RangeError(
        `sandbox: shape [${shape.join(", ")}] needs ${elements} values, got ${batch.length}`,
      );
    }
    const { value: widths, body } = await this.#process.ask({
      request: { kind: "run", shape },
      body: new Uint8Array(batch.buffer, batch.byteOffset, batch.byteLength),
      deadlineSeconds: this.options.deadlineSeconds,
      judge: (header) => this.#judgeOutputs(header, rows),
      signal,
    });
    const matrices = new Map<string, Matrix>();
    let offset = 0;
    for (const [name, columns] of widths) {
      const values = new Float32Array(body.buffer, body.byteOffset + offset, rows * columns);
      await this.#requireFinite(name, values);
      this.#widths.set(name, columns);
      matrices.set(name, { rows, columns, values });
      offset += values.byteLength;
    }
    return matrices;
  }

  /**
   * Loads another form of the same model into the same process, which that model has to itself either way. This sandbox
   * runs nothing from then on.
   *
   * @throws as `open`; a form that is refused before it is loaded leaves this sandbox as it is, any other failure ends it
   */
  async reopen(form: Uint8Array, ports: ModelPorts, signal?: AbortSignal): Promise<Sandbox> {
    const inspection = inspect(form, ports, inspectionLimits(this.options));
    await load(this.#process, form, ports, this.options, signal);
    return new Sandbox(this.#process, inspection, ports, this.options);
  }

  /** Ends the child. A batch under way fails. */
  async close(): Promise<void> {
    await this.#process.close();
  }

  /** @returns the width of each output, in the order of the answer's body */
  #judgeOutputs(header: unknown, rows: number): ExpectedAnswer<Map<string, number>> {
    const outputs = parseOutputs(header);
    const widths = new Map<string, number>();
    for (const [i, name] of this.ports.outputs.entries()) {
      const output = outputs[i];
      if (output?.name !== name) throw broken();
      const columns = output.shape[1] ?? 0;
      if (output.type !== "float32")
        throw invalidOutput(name, `is of ${quote(output.type)}, expected float32`);
      if (output.shape.length !== 2 || output.shape[0] !== rows || columns < 1 || columns > MAXIMUM_WIDTH) {
        const got = output.shape.join(", ");
        throw invalidOutput(
          name,
          `has shape [${got}], expected [${rows}, width] with 1 <= width <= ${MAXIMUM_WIDTH}`,
        );
      }
      const before = this.#widths.get(name) ?? columns;
      if (columns !== before) throw invalidOutput(name, `has width ${columns} after width ${before}`);
      widths.set(name, columns);
    }
    let bodyBytes = 0;
    for (const columns of widths.values()) bodyBytes += rows * columns * Float32Array.BYTES_PER_ELEMENT;
    return { value: widths, bodyBytes };
  }

  async #requireFinite(name: string, values: Float32Array): Promise<void> {
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index < 0) return;
    const failure = invalidOutput(name, `must be finite, got ${values[index]} at index ${index}`);
    await this.#process.close(failure);
    throw failure;
  }
}

function inspectionLimits(options: SandboxOptions): InspectionLimits {
  return { ...DEFAULT_INSPECTION_LIMITS, ...options.inspectionLimits };
}

function inspect(bytes: Uint8Array, ports: ModelPorts, limits: InspectionLimits): ModelInspection {
  const inspection = inspectModel(bytes, limits);
  requireFloat32("input", inspection.inputs, ports.input);
  for (const output of ports.outputs) requireFloat32("output", inspection.outputs, output);
  return inspection;
}

async function load(
  child: SandboxProcess,
  bytes: Uint8Array,
  ports: ModelPorts,
  options: SandboxOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  await child.ask({
    request: { kind: "open", ...ports, threads: options.threads ?? 1 },
    body: bytes,
    deadlineSeconds: options.openDeadlineSeconds,
    judge: judgeReady,
    signal,
  });
}

/**
 * Waits until the process answers, before it hears of a model: what fails up to here is no fault of the model.
 *
 * @throws SandboxNotStarted; the signal's reason if it is aborted
 */
export async function wake(child: SandboxProcess, signal?: AbortSignal): Promise<void> {
  try {
    await child.ask({
      request: { kind: "wake" },
      body: new Uint8Array(),
      deadlineSeconds: WAKE_SECONDS,
      judge: judgeReady,
      signal,
    });
  } catch (cause) {
    throw cause instanceof ModelFailure ? new SandboxNotStarted(cause) : cause;
  }
}

function judgeReady(header: unknown): ExpectedAnswer<undefined> {
  throwIfFailure(header);
  if (!isRecord(header) || header["kind"] !== "ready") throw broken();
  return { value: undefined, bodyBytes: 0 };
}

function parseOutputs(header: unknown): { name: string; type: string; shape: number[] }[] {
  throwIfFailure(header);
  const outputs = isRecord(header) && header["kind"] === "outputs" ? header["outputs"] : undefined;
  if (!Array.isArray(outputs)) throw broken();
  return outputs.map((output: unknown) => {
    if (!isRecord(output)) throw broken();
    const { name, type, shape } = output;
    if (typeof name !== "string" || typeof type !== "string" || !Array.isArray(shape)) throw broken();
    if (!shape.every((size): size is number => Number.isSafeInteger(size) && size >= 0)) throw broken();
    return { name, type, shape };
  });
}

function throwIfFailure(header: unknown): void {
  if (!isRecord(header) || header["kind"] !== "failure") return;
  const message = String(header["message"]);
  throw isAboutMemory(message)
    ? outOfMemory()
    : new ModelFailure("INVALID_MODEL", `ONNX Runtime refused the model: ${message}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function requireFloat32(kind: "input" | "output", values: readonly ModelValue[], name: string): void {
  const value = values.find((candidate) => candidate.name === name);
  if (value === undefined) {
    throw new ModelRefused("INVALID_MODEL", `the model has no ${kind} ${quote(name)}`);
  }
  if (value.elementType !== "float32" && value.elementType !== "") {
    throw new ModelRefused(
      "UNSUPPORTED_MODEL",
      `${kind} ${quote(name)} is of ${value.elementType}, expected float32`,
    );
  }
}

function requireSensible({
  memoryBytes,
  deadlineSeconds,
  openDeadlineSeconds,
  threads = 1,
}: SandboxOptions): void {
  for (const [name, value] of Object.entries({
    memoryBytes,
    deadlineSeconds,
    openDeadlineSeconds,
    threads,
  })) {
    if (!(value > 0)) throw new RangeError(`sandbox: ${name} must be > 0, got ${value}`);
  }
  if (memoryBytes < LEAST_MEMORY_BYTES) {
    throw new RangeError(`sandbox: memoryBytes must be >= ${LEAST_MEMORY_BYTES}, got ${memoryBytes}`);
  }
}

function invalidOutput(name: string, what: string): ModelFailure {
  return new ModelFailure("INVALID_OUTPUT", `output ${quote(name)} ${what}`);
}

function broken(): ModelFailure {
  return new ModelFailure("MODEL_CRASHED", "the model's process broke the protocol with its answer");
}
