import type { LabelledImages } from "../../archives/labelled-images.js";
import type { Matrix } from "../../engine/matrix.js";
import { ClassCentreAccumulator } from "../../engine/tokens/class-centres.js";
import type { Network } from "./open-network.js";
import type { RunNetwork } from "./run-network.js";

/** The general encoder, with the width of its features. */
export interface GeneralEncoder extends Network {
  readonly width: number;
}

/**
 * Runs the general encoder over a task's samples: the task token, wherever it is computed.
 *
 * @param onProgress told how much is done, 0 to 1
 * @returns shape [C, width]
 */
export async function taskCentres(
  network: RunNetwork,
  encoder: GeneralEncoder,
  samples: LabelledImages,
  onProgress: (progress: number) => unknown,
  signal?: AbortSignal,
): Promise<Matrix> {
  const centres = new ClassCentreAccumulator(samples.classNames.length, encoder.width);
  for await (const { features, labels, progress } of network.run(encoder, samples, signal)) {
    centres.add(features, labels);
    await onProgress(progress);
  }
  return centres.finish();
}
