/**
 * Imported before `onnxruntime-node`, and by whoever starts a worker that imports it: ONNX Runtime 1.30 otherwise keeps a
 * device id and events under ~/.cache/Microsoft and sends them to its makers. A worker's own `process.env` is a copy that
 * native code does not see, so the main thread has to set it.
 */
process.env["ORT_DISABLE_TELEMETRY"] = "1"; // oxlint-disable-line eslint/no-restricted-properties -- ONNX Runtime has no other switch
