import type { IncomingMessage, ServerResponse } from "node:http";

import type { Metrics } from "../metrics.js";
import type { Readiness } from "../services/readiness.js";
import type { Access } from "./access.js";
import { answerJson } from "./answer-refusal.js";

/** What those who run Orbweaver ask a process. */
export interface OperationsParts {
  readonly access: Access;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/**
 * `GET /livez`: the process answers at all. `GET /readyz`: it can do its work; each check is named. `GET /metrics`: for
 * Prometheus, and for callers with a key alone, because it tells what goes on here.
 *
 * @returns false if the path is none of these
 * @throws what `Access.admit` does
 */
export async function handleOperations(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { access, readiness, metrics }: OperationsParts,
): Promise<boolean> {
  if (path === "/livez") answerJson(response, 200, { status: "ok" });
  else if (path === "/readyz") {
    const checks = await readiness.run();
    const isReady = Object.values(checks).every(({ ok }) => ok);
    answerJson(response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", checks });
  } else if (path === "/metrics") {
    await access.admit(request, request.headers.authorization);
    const { body, contentType } = await metrics.text();
    response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" });
    response.end(body);
  } else return false;
  return true;
}
