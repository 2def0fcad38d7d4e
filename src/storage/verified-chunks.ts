import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

import { DomainError } from "../errors.js";
import { ArtifactTooLargeError } from "./artifact-store.js";

/**
 * Passes a source's chunks on while it hashes them, and throws in place of the end if they are not what was announced:
 * whoever stores them has not finished then, and what is not finished is not there.
 *
 * @throws ArtifactTooLargeError; DomainError BAD_USER_INPUT (other digest, source ended early)
 */
export async function* verifiedChunks(
  sha256: string,
  source: Readable,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of chunksOf(source)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new ArtifactTooLargeError(maxBytes);
    hash.update(chunk);
    yield chunk;
  }
  const digest = hash.digest("hex");
  if (digest !== sha256) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `artifact: ${sizeBytes} bytes with sha256 ${digest} came, expected sha256 ${sha256}`,
    );
  }
}

/** The source's chunks; a failure of the source becomes a caller's error, unlike one of the storage. */
async function* chunksOf(source: Readable): AsyncGenerator<Buffer> {
  try {
    // The source outlives a refusal: an HTTP request must stay open until its answer is sent.
    for await (const chunk of source.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new DomainError("BAD_USER_INPUT", "artifact: the upload was cut before its end", { cause: error });
  }
}
