import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { DomainError, type ErrorCode } from "../errors.js";
import { type ArtifactStore, ArtifactTooLargeError, isSha256 } from "../storage/artifact-store.js";

export const ARTIFACT_PATH = "/artifacts/";

/** What the endpoint works with. */
export interface ArtifactEndpoint {
  readonly store: ArtifactStore;
  /** The largest upload that is taken, in bytes. */
  readonly maxBytes: number;
  /** Makes the artifact known (its row); called after every successful PUT, so it must be idempotent. */
  readonly register: (artifact: { sha256: string; sizeBytes: number }) => Promise<void>;
  /** An upload must bring `MINIMUM_RATE` over every span this long. Default 30_000 (ms). */
  readonly stallMilliseconds?: number;
}

/** Bytes per second: slower than any modem, faster than a client that drips to hold a connection. */
const MINIMUM_RATE = 1024;
const STALL = 30_000;
/** ms that a refused upload may go on, so that the client reads our answer and not a reset connection. */
const LINGER = 2_000;

const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESOURCE_EXHAUSTED: 507,
  UNAVAILABLE: 503,
};

const awaitingContinue = new WeakSet<IncomingMessage>();

/**
 * Lets the endpoint answer a PUT before its body is sent, where the client asks for it (`Expect: 100-continue`):
 * what is there already, or is too large, then costs no transfer. Other requests get their "100 Continue" at once.
 */
export function deferContinue(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith(ARTIFACT_PATH)) awaitingContinue.add(request);
    else response.writeContinue();
    server.emit("request", request, response);
  });
}

/**
 * `PUT | GET | HEAD /artifacts/<sha256>`: files go beside GraphQL, as streams of bytes, never through it.
 *
 * PUT answers `{sha256, sizeBytes}` with 201 (stored) or 200 (was there: the body is not looked at), or
 * `{errors: [{message, extensions: {code, requestId}}]}` with 400 (malformed digest, other bytes than announced), 408 (stalled),
 * 413 (too large, by Content-Length before a byte is read), 507 (storage full). A cut upload leaves nothing behind.
 *
 * GET answers with the bytes, or, where the store has addresses of its own, with 307 and one that reads this artifact
 * for some minutes and needs no key.
 *
 * The caller has authenticated the request. Node's own `server.requestTimeout` (5 minutes for a whole request) must
 * be 0, or large uploads end there; the stall rule stands in for it here.
 *
 * @throws what is no DomainError (a broken disk, a failing `register`): the server's last resort answers it
 */
export async function handleArtifactRequest(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: ArtifactEndpoint,
): Promise<void> {
  try {
    const sha256 = artifactKey(request);
    if (request.method === "PUT") await receiveArtifact(sha256, request, response, endpoint);
    else if (request.method === "GET" || request.method === "HEAD") {
      await sendArtifact(sha256, request, response, endpoint.store);
    } else {
      response.setHeader("Allow", "GET, HEAD, PUT");
      answerError(response, 405, "BAD_USER_INPUT", `artifacts: method ${request.method} is not supported`);
    }
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_STREAM_PREMATURE_CLOSE") return; // The reader has gone.
    if (!(error instanceof DomainError)) throw error;
    // The sender has gone, or its stall was answered: there is nobody left to tell.
    if (response.headersSent || response.destroyed) return;
    const status = error instanceof ArtifactTooLargeError ? 413 : (STATUS[error.code] ?? 400);
    answerError(response, status, error.code, error.message);
  } finally {
    if (!request.complete) discardBody(request, response.statusCode < 300 ? endpoint : undefined);
  }
}

/** The key as it came: nothing is decoded, so `..%2f` or `%00` stay strange characters, and the store refuses them. */
function artifactKey(request: IncomingMessage): string {
  const [path = ""] = (request.url ?? "").split("?", 1);
  return path.slice(ARTIFACT_PATH.length);
}

async function receiveArtifact(
  sha256: string,
  request: IncomingMessage,
  response: ServerResponse,
  { store, maxBytes, register, stallMilliseconds = STALL }: ArtifactEndpoint,
): Promise<void> {
  const present = await store.sizeOf(sha256);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new ArtifactTooLargeError(maxBytes);
  if (present !== undefined) {
    await register({ sha256, sizeBytes: present });
    answer(response, 200, { sha256, sizeBytes: present });
    return;
  }
  if (awaitingContinue.delete(request)) response.writeContinue();

  const stopWatching = onStall(request, stallMilliseconds, () => {
    const message = `artifact: fewer than ${MINIMUM_RATE} bytes per second came over ${stallMilliseconds / 1000} s`;
    answerError(response, 408, "BAD_USER_INPUT", message);
    response.once("finish", () => request.destroy()); // The store sees a cut upload then.
  });
  let written;
  try {
    written = await store.write(sha256, request, { maxBytes });
  } finally {
    stopWatching();
  }
  await register({ sha256, sizeBytes: written.sizeBytes });
  answer(response, written.created ? 201 : 200, { sha256, sizeBytes: written.sizeBytes });
}

/** Calls `act` once if the request brings too little over one span. Returns what ends the watch. */
function onStall(request: IncomingMessage, span: number, act: () => void): () => void {
  const atLeast = (MINIMUM_RATE * span) / 1000;
  let seen = request.socket.bytesRead;
  const timer = setInterval(() => {
    const now = request.socket.bytesRead;
    if (now - seen < atLeast && !request.complete) {
      clearInterval(timer);
      act();
    }
    seen = now;
  }, span);
  return () => clearInterval(timer);
}

async function sendArtifact(
  sha256: string,
  request: IncomingMessage,
  response: ServerResponse,
  store: ArtifactStore,
): Promise<void> {
  const sizeBytes = isSha256(sha256) ? await store.sizeOf(sha256) : undefined;
  if (sizeBytes === undefined) throw new DomainError("NOT_FOUND", "artifacts: there is no such artifact");
  const etag = `"${sha256}"`;
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Length": sizeBytes,
    // What users upload must never run as a page of ours.
    "Content-Disposition": `attachment; filename="${sha256}"`,
    "X-Content-Type-Options": "nosniff",
    // The bytes under a digest never change; `private` because who may read them is decided per caller.
    "Cache-Control": "private, max-age=31536000, immutable",
    ETag: etag,
  };
  if (request.headers["if-none-match"]?.includes(etag)) {
    response.writeHead(304, { ETag: etag, "Cache-Control": headers["Cache-Control"] }).end();
  } else if (request.method === "HEAD") {
    response.writeHead(200, headers).end();
  } else {
    const address = await store.downloadUrl(sha256);
    if (address !== undefined) {
      response.writeHead(307, { Location: address, "Cache-Control": "no-store" }).end();
      return;
    }
    const content = await store.open(sha256);
    response.writeHead(200, headers);
    await pipeline(content, response);
  }
}

/**
 * Reads on and throws away, so that the client gets to read our answer, and the connection its next request.
 *
 * @param accepted set where the answer was a success (the artifact was there already): many clients send all before
 *   they read, and a cut connection would look to them like a failure that no retry cures. A refused upload gets
 *   `LINGER`, and nobody makes us read for ever.
 */
function discardBody(request: IncomingMessage, accepted: ArtifactEndpoint | undefined): void {
  const giveUp = (): void => void request.destroy();
  if (accepted === undefined) {
    const timer = setTimeout(giveUp, LINGER);
    request.once("close", () => clearTimeout(timer));
  } else {
    request.once("close", onStall(request, accepted.stallMilliseconds ?? STALL, giveUp));
    let discarded = 0;
    request.on("data", (chunk: Buffer) => {
      discarded += chunk.byteLength;
      if (discarded > accepted.maxBytes) giveUp();
    });
  }
  request.resume();
}

function answerError(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  const requestId = response.getHeader("x-request-id");
  answer(response, status, { errors: [{ message, extensions: { code, requestId } }] });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : text);
}
