import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { DomainError } from "../errors.js";
import type { Logger } from "../log.js";
import { answerRefusal } from "./answer-refusal.js";
import { listenOn } from "./listen-on.js";
import { handleOperations, type OperationsParts } from "./operations-endpoint.js";

/** The port of a process that answers no API: whether it lives, whether it is ready, what it counts. */
export class OperationsServer {
  readonly #http: Server;

  constructor(
    private readonly parts: OperationsParts,
    private readonly log: Logger,
  ) {
    this.#http = createServer((request, response) => void this.#handle(request, response));
  }

  /** @returns the address that it answers on */
  async listen(host: string, port: number): Promise<string> {
    return listenOn(this.#http, host, port);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    this.#http.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = "/"] = (request.url ?? "/").split("?");
    try {
      if (await handleOperations(path, request, response, this.parts)) return;
      throw new DomainError("NOT_FOUND", "Nothing is here; this process works on jobs and answers no API.");
    } catch (error) {
      answerRefusal(request, response, randomUUID(), error, this.log);
    }
  }
}
