/**
 * Imported before `onnxruntime-node` where CUDA may be used: it would multiply in TensorFloat-32, ten bits of significand,
 * and fitness would err by a thousandth. NVIDIA's libraries read it when they are loaded.
 */
process.env["NVIDIA_TF32_OVERRIDE"] ??= "0"; // oxlint-disable-line eslint/no-restricted-properties -- the binding has no switch
