import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

import { requireSize } from "../../onnx/inspect.js";
import { ModelRefused } from "../../onnx/model-refused.js";

/**
 * Reads a stored model once. Size, digest and everything after are taken from these same bytes, so exchanging the file
 * or a link to it afterwards changes nothing.
 *
 * @param sha256 lower-case hexadecimal digest that the bytes must have
 * @throws ModelRefused UNSUPPORTED_MODEL if the file is larger than `maximumBytes` (it is not read then), INVALID_MODEL
 *   if its bytes have another digest
 */
export async function readModelFile(path: string, sha256: string, maximumBytes: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    requireSize(size, maximumBytes);
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let filled = 0; filled < size;) {
      const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0)
        throw new ModelRefused("INVALID_MODEL", "the model file became shorter while it was read");
      filled += bytesRead;
    }
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (digest !== sha256) {
      throw new ModelRefused("INVALID_MODEL", `the model file has the digest ${digest}, expected ${sha256}`);
    }
    return bytes;
  } finally {
    await file.close();
  }
}
