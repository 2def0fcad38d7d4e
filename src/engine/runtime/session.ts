import "./no-telemetry.js";
import { InferenceSession, Tensor } from "onnxruntime-node";

import { openOnFirst } from "./execution-providers.js";
import type { ExecutionProvider } from "./execution-providers.js";

/** float16 has no array type of its own in Node 20: its bits travel in a Uint16Array. */
export type TensorValues = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint16Array | Int8Array;

/** Values with their shape, row-major. */
export interface NamedTensor {
  readonly values: TensorValues;
  readonly shape: readonly number[];
}

export interface SessionOptions {
  /** First choice first; see openOnFirst. */
  readonly executionProviders: readonly ExecutionProvider[];
  readonly onWarning: (message: string) => void;
}

const FATAL = 4; // ONNX Runtime's own log lines would go to stderr; what matters arrives as an exception

/**
 * A graph that is ready to run, on one thread: more throughput comes from more workers, whose threads never wait for
 * each other. The graph's bytes are trusted: what others made runs in the sandbox instead.
 *
 * `run` holds the event loop until the graph is done (the binding is synchronous below its promise), so a server calls
 * it from a worker thread.
 */
export class Session {
  private constructor(
    readonly provider: ExecutionProvider,
    readonly inputs: readonly string[],
    readonly outputs: readonly string[],
    private readonly session: InferenceSession,
  ) {}

  /**
   * @param model a serialised ONNX graph, for example from GraphBuilder
   * @throws Error if the graph is not valid or none of the providers is there
   */
  static async open(model: Uint8Array, { executionProviders, onWarning }: SessionOptions): Promise<Session> {
    const open = (provider: ExecutionProvider): Promise<Session> => Session.openOn(model, provider);
    const { opened } = await openOnFirst(executionProviders, open, onWarning);
    return opened;
  }

  /** The same on one provider, with the runtime's own words where it is not there. */
  static async openOn(model: Uint8Array, provider: ExecutionProvider): Promise<Session> {
    const session = await InferenceSession.create(model, {
      executionProviders: [provider],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: FATAL,
    });
    return new Session(provider, session.inputNames, session.outputNames, session);
  }

  /**
   * Runs the graph once. Inputs are read in place; outputs are fresh memory that the caller owns, or where the caller wants
   * them.
   *
   * @param inputs  one tensor for each input of the graph
   * @param outputs the outputs that are wanted; the runtime computes no others
   * @param into    outputs that are written in place: a graph that runs thousands of times makes no garbage
   * @throws TypeError if an input is missing or unknown, or an output unknown; RangeError if values do not fill their shape; Error from the
   *   runtime if a shape does not fit the graph
   */
  async run<Output extends string>(
    inputs: Readonly<Record<string, NamedTensor>>,
    outputs: readonly Output[],
    into?: Readonly<Partial<Record<Output, NamedTensor>>>,
  ): Promise<Record<Output, NamedTensor>> {
    const noOutput = outputs.find((name) => !this.outputs.includes(name));
    if (noOutput !== undefined) {
      throw new TypeError(`session: the graph gives ${this.outputs.join(", ")}, not "${noOutput}"`);
    }
    const unknown = Object.keys(inputs).find((name) => !this.inputs.includes(name));
    if (unknown !== undefined) {
      throw new TypeError(`session: the graph reads ${this.inputs.join(", ")}, got an input "${unknown}"`);
    }
    const feeds: Record<string, Tensor> = {};
    for (const name of this.inputs) {
      const input = inputs[name];
      if (input === undefined) throw new TypeError(`session: the graph's input "${name}" is missing`);
      feeds[name] = tensorOf(name, input);
    }
    const fetches: Record<string, Tensor | null> = {};
    for (const name of outputs) {
      const place = into?.[name];
      fetches[name] = place ? tensorOf(name, place) : null;
    }
    const results = await this.session.run(feeds, fetches);
    return Object.fromEntries(
      outputs.map((name) => {
        const { data, dims } = results[name]!;
        return [name, { values: data as TensorValues, shape: dims }];
      }),
    ) as Record<Output, NamedTensor>;
  }

  /** Frees the graph's memory; the session must not run any more. */
  async release(): Promise<void> {
    await this.session.release();
  }
}

/**
 * The values of an output that must be float32.
 *
 * @throws TypeError if it has another element type
 */
export function float32Values({ values }: NamedTensor): Float32Array {
  if (values instanceof Float32Array) return values;
  throw new TypeError(`session: an output must be float32, got ${values.constructor.name}`);
}

function tensorOf(name: string, { values, shape }: NamedTensor): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size !== values.length) {
    throw new RangeError(
      `session: "${name}" [${shape.join(", ")}] needs ${size} values, got ${values.length}`,
    );
  }
  if (values instanceof Float32Array) return new Tensor("float32", values, shape);
  if (values instanceof Float64Array) return new Tensor("float64", values, shape);
  if (values instanceof Int32Array) return new Tensor("int32", values, shape);
  if (values instanceof Uint16Array) return new Tensor("float16", values, shape);
  if (values instanceof Int8Array) return new Tensor("int8", values, shape);
  return new Tensor("int64", values, shape);
}
