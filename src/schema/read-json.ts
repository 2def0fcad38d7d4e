import type { IncomingMessage } from "node:http";

import { DomainError } from "../errors.js";

const LARGEST_BODY = 1024 * 1024;
/** Values nested deeper than any input type of the schema are an attack on whoever walks them. */
const DEEPEST_BODY = 20;
const PATIENCE_MS = 15_000;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A request that never reaches GraphQL, with the HTTP status that says why. */
export class HttpRefusal extends DomainError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super("BAD_USER_INPUT", message);
  }
}

/**
 * The body of a request that must be one JSON object.
 *
 * @param patienceMs how long the whole body may take; a client that sends a byte now and then would hold a connection for ever
 * @throws HttpRefusal for a body that is too slow, too large, compressed, not UTF-8, not JSON, too deep or of another media type
 */
export async function readJson(request: IncomingMessage, patienceMs = PATIENCE_MS): Promise<unknown> {
  const [mediaType = "", ...parameters] = (request.headers["content-type"] ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== "application/json") {
    throw new HttpRefusal(415, "A GraphQL request over POST must be application/json.");
  }
  const charset = parameters.map((text) => /^\s*charset="?([^"]*)"?\s*$/i.exec(text)?.[1]).find(Boolean);
  if (charset !== undefined && charset.toLowerCase() !== "utf-8") {
    throw new HttpRefusal(415, `The charset must be utf-8, got ${charset.slice(0, 40)}.`);
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    // Nothing is inflated here: a megabyte could become a gigabyte.
    throw new HttpRefusal(415, `The body must not be compressed, got ${encoding.slice(0, 40)}.`);
  }
  const body = await readBody(request, patienceMs);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new HttpRefusal(400, "The body is not JSON in UTF-8.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpRefusal(
      400,
      "The body must be one JSON object with query and variables; batches are not taken.",
    );
  }
  requireShallow(value);
  return value;
}

function readBody(request: IncomingMessage, patienceMs: number): Promise<Buffer> {
  // Made only when thrown: an error captures its stack.
  const tooLarge = (): HttpRefusal =>
    new HttpRefusal(413, `The body may have at most ${LARGEST_BODY} bytes.`);
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY) return Promise.reject(tooLarge());
  // Events: an async iterator over the stream costs a small body more than all the rest of its reading.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > LARGEST_BODY) {
        request.pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    request.once("error", reject);
    const deadline = setTimeout(() => {
      request.pause();
      reject(new HttpRefusal(408, `The body must arrive within ${patienceMs / 1000} s.`));
    }, patienceMs);
    request.once("close", () => {
      clearTimeout(deadline);
      // Made only where it is true: capturing the stack of an error costs more than reading a small body.
      if (!request.complete) reject(new HttpRefusal(400, "The body ended early."));
    });
  });
}

/** Its own depth ends where the value's may. */
function requireShallow(value: object, depth = 1): void {
  if (depth > DEEPEST_BODY) {
    throw new HttpRefusal(400, `The body may nest at most ${DEEPEST_BODY} levels deep.`);
  }
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === "object" && inner !== null) requireShallow(inner, depth + 1);
  }
}
