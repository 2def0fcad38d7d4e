/** INVALID_MODEL: no ONNX runtime could run it. UNSUPPORTED_MODEL: well-formed, but asks for what Orbweaver never allows. */
export type RefusalCode = "INVALID_MODEL" | "UNSUPPORTED_MODEL";

/** A model file was refused before or while it was loaded; the message says what was expected and what came. */
export class ModelRefused extends RangeError {
  override readonly name = "ModelRefused";

  constructor(
    readonly code: RefusalCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
