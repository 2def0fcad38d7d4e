import type { IncomingMessage, ServerResponse } from "node:http";

import type { ErrorCode } from "../errors.js";
import type { Logger } from "../log.js";
import { RateLimited } from "./access.js";
import { toDomainError } from "./format-error.js";
import { HttpRefusal } from "./read-json.js";

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
};

/**
 * Answers a request that ended in an error before GraphQL or an upload could answer it.
 *
 * @returns the code that the client was told
 */
export function answerRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  error: unknown,
  log: Logger,
): string {
  const known = toDomainError(error);
  const code = known?.code ?? "INTERNAL_SERVER_ERROR";
  if (response.headersSent) {
    response.destroy();
    return code;
  }
  // What is left of the body is not read: the connection ends with the answer.
  if (!request.complete) response.setHeader("connection", "close");
  if (error instanceof RateLimited) response.setHeader("retry-after", error.retryAfterSeconds);
  if (known === undefined) {
    log.error({ requestId, error: (error as Error).stack }, "Internal server error");
    const extensions = { code, errorId: requestId, requestId };
    answerJson(response, 500, { errors: [{ message: "Internal server error", extensions }] });
    return code;
  }
  const status = known instanceof HttpRefusal ? known.status : (STATUS[known.code] ?? 400);
  answerJson(response, status, { errors: [{ message: known.message, extensions: { code, requestId } }] });
  return code;
}

export function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}
