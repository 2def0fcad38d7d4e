import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { json } from "node:stream/consumers";

import { fromWire, OrbError, unreachable } from "./orb-error.js";

/** Told how many bytes were sent so far. */
export type UploadProgress = (sentBytes: number) => void;

export interface Upload {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Opened only if the server wants the bytes. */
  readonly open: () => Readable;
}

/** A file that lies on this machine, read once for its digest. */
export async function uploadOfFile(path: string): Promise<Upload> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sha256: hash.digest("hex"), sizeBytes, open: () => createReadStream(path) };
}

export function uploadOfBytes(bytes: Uint8Array): Upload {
  return {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    sizeBytes: bytes.byteLength,
    open: () => Readable.from([bytes]),
  };
}

/**
 * Sends a file under its digest. The server is asked before the bytes are sent (`Expect: 100-continue`, which fetch cannot
 * do), so that what it holds already costs no transfer.
 */
export async function putArtifact(
  server: string,
  headers: Readonly<Record<string, string>>,
  upload: Upload,
  onProgress: UploadProgress = () => undefined,
): Promise<void> {
  const address = new URL(`${server}/artifacts/${upload.sha256}`);
  const send = address.protocol === "https:" ? requestHttps : requestHttp;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(address, {
      method: "PUT",
      headers: { ...headers, expect: "100-continue", "content-length": upload.sizeBytes },
    });
    request.on("continue", () => {
      let sent = 0;
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          sent += chunk.byteLength;
          onProgress(sent);
          done(null, chunk);
        },
      });
      // A refusal in the middle closes the connection; the answer that came with it is what counts.
      pipeline(upload.open(), counting, request).catch(reject);
    });
    request.on("response", (answer) => {
      resolve(answer);
      answer.once("end", () => request.destroy());
    });
    request.on("error", (error) => reject(unreachable(server, error)));
    request.flushHeaders();
  });
  const body = (await json(response)) as { errors?: Parameters<typeof fromWire>[0] };
  if (body.errors) throw fromWire(body.errors);
}

/**
 * A file of the server as a stream, which fails at its end if the bytes are not those of the digest.
 *
 * @throws OrbError NOT_FOUND and what else the server answers
 */
export async function getArtifact(
  server: string,
  headers: Readonly<Record<string, string>>,
  sha256: string,
): Promise<Readable> {
  const address = `${server}/artifacts/${sha256}`;
  const response = await fetch(address, { headers }).catch((cause: unknown) => {
    throw unreachable(server, cause);
  });
  if (!response.ok) {
    throw fromWire(((await response.json()) as { errors: Parameters<typeof fromWire>[0] }).errors);
  }
  const hash = createHash("sha256");
  const checking = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const came = hash.digest("hex");
      done(
        came === sha256 ? null : new OrbError("UNAVAILABLE", `Artifact ${sha256} came with digest ${came}.`),
      );
    },
  });
  return Readable.fromWeb(response.body!)
    .on("error", (error) => checking.destroy(error))
    .pipe(checking);
}
