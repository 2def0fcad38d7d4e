import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

import type { ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";

import { DomainError, type ErrorCode } from "../errors.js";
import type { Loaders } from "../loaders/loaders.js";
import type { Logger } from "../log.js";
import type { Viewer } from "../services/viewer.js";
import type { WatchRegistry } from "../services/watch-registry.js";
import { type Access, RateLimited } from "./access.js";
import {
  ARTIFACT_PATH,
  type ArtifactEndpoint,
  deferContinue,
  handleArtifactRequest,
} from "./artifact-endpoint.js";
import type { Context } from "./context.js";
import { toDomainError } from "./format-error.js";
import { createApollo } from "./graphql-engine.js";
import { handleGraphql, HttpRefusal } from "./http-graphql.js";
import { requireRole } from "./requires-role.js";
import { serveWebSockets } from "./websocket-graphql.js";

const GRAPHQL_PATH = "/graphql";

/** How long a stopping server waits for the answers it owes; an upload that takes longer is cut and leaves nothing. */
const DRAIN_MS = 8_000;

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

export interface ServerParts {
  readonly schema: GraphQLSchema;
  readonly access: Access;
  readonly artifacts: Omit<ArtifactEndpoint, "register"> & {
    readonly register: (artifact: { sha256: string; sizeBytes: number }, viewer: Viewer) => Promise<void>;
  };
  readonly createLoaders: () => Loaders;
  readonly watch: WatchRegistry;
  /** Throws while the server cannot answer rankings, with the reason. */
  readonly checkReady: () => Promise<void>;
  readonly log: Logger;
}

/** HTTP and WebSocket on one port. */
export class Server {
  readonly #http: HttpServer;
  readonly #apollo: ApolloServer<Context>;
  readonly #sockets: { close: () => Promise<void> };
  /** Answers not sent yet. */
  readonly #owed = new Set<ServerResponse>();

  constructor(private readonly parts: ServerParts) {
    const { schema, access, log } = parts;
    this.#apollo = createApollo(schema, log);
    this.#http = createServer((request, response) => void this.#handle(request, response));
    this.#http.headersTimeout = 15_000;
    this.#http.requestTimeout = 0; // an upload may take long; the artifact endpoint watches that it moves
    deferContinue(this.#http);
    this.#sockets = serveWebSockets(this.#http, GRAPHQL_PATH, schema, access, this.#context, log);
  }

  /** @returns the address that it answers on */
  async listen(host: string, port: number): Promise<string> {
    await this.#apollo.start();
    await new Promise<void>((resolve, reject) => {
      this.#http.once("error", reject);
      this.#http.listen(port, host, resolve);
    });
    const { port: actualPort } = this.#http.address() as AddressInfo;
    return `http://${host.includes(":") ? `[${host}]` : host}:${actualPort}`;
  }

  /** Takes no more, answers what it took, closes the sockets. */
  async close(): Promise<void> {
    const drained = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    // Each answer ends its connection: a client that goes on over a kept connection would hold us for ever.
    for (const response of this.#owed) endConnection(response);
    const deadline = setTimeout(() => this.#http.closeAllConnections(), DRAIN_MS);
    await this.#sockets.close();
    await drained;
    clearTimeout(deadline);
    await this.#apollo.stop();
  }

  readonly #context = (viewer: Viewer, requestId: string): Context => {
    const { createLoaders, watch } = this.parts;
    const context: Context = {
      viewer: { ...viewer, requestId },
      requestId,
      watch,
      loaders: whenUsed(createLoaders),
      renewLoaders: () => void (context.loaders = whenUsed(createLoaders)),
    };
    return context;
  };

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader("x-request-id", requestId);
    response.setHeader("x-content-type-options", "nosniff");
    this.#owed.add(response);
    response.once("close", () => this.#owed.delete(response));
    if (!this.#http.listening) endConnection(response);
    try {
      await this.#route(request, response, requestId);
    } catch (error) {
      this.#refuse(request, response, requestId, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const [path = "/"] = (request.url ?? "/").split("?");
    if (path === "/livez") return answerJson(response, 200, { status: "ok" });
    if (path === "/readyz") {
      await this.parts.checkReady();
      return answerJson(response, 200, { status: "ok" });
    }
    if (path !== GRAPHQL_PATH && !path.startsWith(ARTIFACT_PATH)) {
      throw new DomainError("NOT_FOUND", `Nothing is here; GraphQL answers at ${GRAPHQL_PATH}.`);
    }
    const viewer = await this.parts.access.admit(request, request.headers.authorization);
    if (path === GRAPHQL_PATH) {
      return handleGraphql(request, response, this.#apollo, this.#context(viewer, requestId));
    }
    if (request.method === "PUT") requireRole(viewer, "CONTRIBUTOR", `PUT ${ARTIFACT_PATH}`);
    const { artifacts } = this.parts;
    return handleArtifactRequest(request, response, {
      ...artifacts,
      register: (artifact) => artifacts.register(artifact, { ...viewer, requestId }),
    });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, requestId: string, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What is left of the body is not read: the connection ends with the answer.
    if (!request.complete) response.setHeader("connection", "close");
    if (error instanceof RateLimited) response.setHeader("retry-after", error.retryAfterSeconds);
    const known = toDomainError(error);
    if (known === undefined) {
      this.parts.log.error({ requestId, error: (error as Error).stack }, "Internal server error");
      const extensions = { code: "INTERNAL_SERVER_ERROR", errorId: requestId, requestId };
      return answerJson(response, 500, { errors: [{ message: "Internal server error", extensions }] });
    }
    const status = known instanceof HttpRefusal ? known.status : (STATUS[known.code] ?? 400);
    const { code, message } = known;
    answerJson(response, status, { errors: [{ message, extensions: { code, requestId } }] });
  }
}

/** Most rankings load nothing, and two dozen loaders cost more to make than a ranking to look up. */
function whenUsed(create: () => Loaders): Loaders {
  let loaders: Loaders | undefined;
  return new Proxy({} as Loaders, {
    get: (_, name) => Reflect.get((loaders ??= create()), name) as unknown,
  });
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}
