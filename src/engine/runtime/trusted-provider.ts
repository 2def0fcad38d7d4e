import { gramScoreGraph, gramShapes, PTM_SCALARS } from "../spider/gram-graph.js";
import type { SpiderParameters } from "../spider/spider.js";
import type { ExecutionProvider } from "./execution-providers.js";
import { float32Values, Session } from "./session.js";
import type { NamedTensor } from "./session.js";

/** Largest error against the processor, relative to the largest fitness. TensorFloat-32, which CUDA may choose, errs by more. */
export const PROVIDER_TOLERANCE = 1e-5;

/** Sizes of the check: large enough that a device takes the kernels that it takes for a zoo. */
const [PTMS, WIDTH, CLASSES] = [128, 64, 8];

/**
 * Refuses an execution provider that does not open or does not compute: one that is there but answers with other numbers
 * than the processor (a broken driver, a reduced precision) is as good as missing. The processor itself is believed.
 *
 * @throws Error with the reason
 */
export async function requireTrusted(provider: ExecutionProvider): Promise<void> {
  if (provider === "cpu") return;
  const got = await checkScores(provider);
  const expected = await checkScores("cpu");
  const largest = Math.max(...expected.map(Math.abs));
  const error = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!))) / largest;
  if (!(error <= PROVIDER_TOLERANCE)) {
    throw new Error(
      `its fitness on a fixed vector is off by ${error.toExponential(1)}, allowed is ${PROVIDER_TOLERANCE}`,
    );
  }
}

async function checkScores(provider: ExecutionProvider): Promise<Float32Array> {
  const session = await Session.openOn(gramScoreGraph(CHECK_SPIDER, "float32"), provider);
  try {
    const rows = 2 * CLASSES + 4;
    // Norms far above what the waves can take off them, as those of real tokens are; own logits among the others'.
    const scalars = wave(PTMS, PTM_SCALARS, 4, 100);
    for (let m = 0; m < PTMS; m++) scalars.values[m * PTM_SCALARS] = 3;
    const inputs: Record<string, NamedTensor> = {
      tokens: wave(PTMS, WIDTH, 1),
      projections: wave(5 * CLASSES, WIDTH, 2),
      gram: wave(rows, CLASSES, 3),
      scalars,
      ...gramShapes(CLASSES),
    };
    const { fitness } = await session.run(inputs, ["fitness"]);
    return float32Values(fitness);
  } finally {
    await session.release();
  }
}

/** Values that look like noise, are the same everywhere and need no generator. */
function wave(rows: number, columns: number, frequency: number, offset = 0): NamedTensor {
  const values = Float32Array.from(
    { length: rows * columns },
    (_, i) => offset + Math.sin(frequency * (i + 1) ** 1.5),
  );
  return { values, shape: [rows, columns] };
}

const vector = (frequency: number, offset = 0): Float32Array =>
  float32Values(wave(1, WIDTH, frequency, offset));
const none = new Float32Array(0); // arrays that the graph of the check does not read

const CHECK_SPIDER: SpiderParameters = {
  width: WIDTH,
  encoderWidth: WIDTH,
  layerNormEpsilon: 1e-5,
  norm1Gain: vector(5, 2),
  norm1Bias: vector(6),
  norm2Gain: vector(7, 2),
  norm2Bias: vector(8),
  headWeight: vector(9),
  headBias: 0.5,
  queryWeight: none,
  keyWeight: none,
  valueWeight: none,
  outputWeight: none,
  outputBias: none,
  encoderWeight: none,
  encoderBias: none,
};
