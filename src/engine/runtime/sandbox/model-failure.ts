/**
 * MODEL_TIMEOUT: past its deadline. MODEL_OUT_OF_MEMORY: past its memory. MODEL_CRASHED: the process ended or broke the
 * protocol. INVALID_MODEL: ONNX Runtime cannot load or run it. INVALID_OUTPUT: what it computes is not a finite float32
 * row per image.
 */
export type FailureCode =
  "MODEL_TIMEOUT" | "MODEL_OUT_OF_MEMORY" | "MODEL_CRASHED" | "INVALID_MODEL" | "INVALID_OUTPUT";

/** A foreign model failed in its sandbox. A retry fails the same way, unless the machine itself was short of memory. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";

  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}
