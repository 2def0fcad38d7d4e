import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { authorization } from "./key.ts";

/** How far an upload is: reading comes first, because a file is stored under the digest of its bytes. */
export interface UploadProgress {
  readonly step: "reading" | "sending";
  /** 0 to 1 */
  readonly done: number;
}

/**
 * Uploads a file under its digest.
 *
 * @returns the digest
 * @throws Error with what the server said
 */
export async function upload(file: File, onProgress: (progress: UploadProgress) => void): Promise<string> {
  const digest = await digestOf(file, (done) => onProgress({ step: "reading", done }));
  await put(file, digest, (done) => onProgress({ step: "sending", done }));
  return digest;
}

/** In pieces: a task archive may be larger than what a tab may hold. */
async function digestOf(file: File, onProgress: (done: number) => void): Promise<string> {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (let read = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return bytesToHex(hash.digest());
    hash.update(value);
    read += value.byteLength;
    onProgress(read / file.size);
  }
}

/** fetch does not tell how much of a body has gone; XMLHttpRequest does. */
function put(file: File, digest: string, onProgress: (done: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/artifacts/${digest}`);
    const { authorization: key } = authorization();
    if (key !== undefined) request.setRequestHeader("authorization", key);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(new Error(refusal(request)));
    });
    request.addEventListener("error", () =>
      reject(new Error("The upload was cut off; drop the file again.")),
    );
    request.send(file);
  });
}

function refusal(request: XMLHttpRequest): string {
  try {
    const { errors } = JSON.parse(request.responseText) as { errors: { message: string }[] };
    return errors[0]!.message;
  } catch {
    return `The server refused the upload (${request.status}).`;
  }
}
