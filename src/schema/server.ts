import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";

import type { ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";

import type { ChangeWatch } from "../database/change-feed.js";
import { DomainError } from "../errors.js";
import type { Loaders } from "../loaders/loaders.js";
import type { Logger } from "../log.js";
import type { Metrics } from "../metrics.js";
import type { AnsweredRequests } from "../services/access/answered-requests.js";
import type { BrowseAudit } from "../services/access/browse-audit.js";
import type { Readiness } from "../services/readiness.js";
import type { Viewer } from "../services/access/viewer.js";
import type { WatchRegistry } from "../services/registry/watch-registry.js";
import type { Access } from "./access.js";
import { answerRefusal } from "./answer-refusal.js";
import {
  ARTIFACT_PATH,
  type ArtifactEndpoint,
  deferContinue,
  handleArtifactRequest,
} from "./artifact-endpoint.js";
import { AUDIT_PATH, sendAudit } from "./audit-endpoint.js";
import type { Context } from "./context.js";
import { createApollo } from "./graphql-engine.js";
import { handleGraphql } from "./http-graphql.js";
import { type IntrospectionRule, mayIntrospect } from "./introspection.js";
import { listenOn } from "./listen-on.js";
import { handleOperations } from "./operations-endpoint.js";
import { requireRole } from "./requires-role.js";
import type { TrustedDocuments } from "./trusted-documents.js";
import { type ServedSockets, serveWebSockets, type SocketLimits } from "./websocket-graphql.js";
import type { WebFiles } from "./web-files.js";

const GRAPHQL_PATH = "/graphql";

/** How long a stopping server waits for the answers it owes; an upload that takes longer is cut and leaves nothing. */
const DRAIN_MS = 8_000;

/** In milliseconds. Node looks for connections that are too slow every `connectionsCheckingInterval`. */
const PATIENCE = {
  headersTimeout: 15_000,
  // An upload may take long: the artifact endpoint watches that it moves, and GraphQL's bodies have their own deadline.
  requestTimeout: 0,
  connectionsCheckingInterval: 5_000,
};

export interface ServerParts {
  readonly schema: GraphQLSchema;
  readonly access: Access;
  readonly artifacts: Omit<ArtifactEndpoint, "register"> & {
    readonly register: (artifact: { sha256: string; sizeBytes: number }, viewer: Viewer) => Promise<void>;
  };
  readonly sockets: SocketLimits;
  /** The page for people; it talks to this API like everybody else. */
  readonly web: WebFiles;
  readonly createLoaders: () => Loaders;
  readonly watch: WatchRegistry;
  readonly answered: AnsweredRequests;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly audit: BrowseAudit;
  readonly introspection: IntrospectionRule;
  /** The only documents that are taken; undefined: any. */
  readonly trusted: TrustedDocuments | undefined;
  /** Begins to watch for the end of access keys. */
  readonly revocations: () => ChangeWatch;
  readonly log: Logger;
}

/** HTTP and WebSocket on one port. */
export class Server {
  readonly #http: HttpServer;
  readonly #apollo: ApolloServer<Context>;
  readonly #sockets: ServedSockets;
  readonly #revocations: ChangeWatch;
  /** Answers not sent yet. */
  readonly #owed = new Set<ServerResponse>();

  constructor(private readonly parts: ServerParts) {
    const { schema, access, trusted, metrics, log } = parts;
    this.#apollo = createApollo(schema, trusted, metrics, log);
    this.#http = createServer(PATIENCE, (request, response) => void this.#handle(request, response));
    deferContinue(this.#http);
    this.#sockets = serveWebSockets(
      this.#http,
      GRAPHQL_PATH,
      schema,
      access,
      trusted,
      this.#context,
      parts.sockets,
      metrics,
      log,
    );
    this.#revocations = parts.revocations();
  }

  /** @returns the address that it answers on */
  async listen(host: string, port: number): Promise<string> {
    await this.#apollo.start();
    void this.#heedRevocations();
    return listenOn(this.#http, host, port);
  }

  /** Takes no more, answers what it took, closes the sockets. */
  async close(): Promise<void> {
    const drained = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    // Each answer ends its connection: a client that goes on over a kept connection would hold us for ever.
    for (const response of this.#owed) endConnection(response);
    const deadline = setTimeout(() => this.#http.closeAllConnections(), DRAIN_MS);
    this.#revocations.close();
    await this.#sockets.close();
    await drained;
    clearTimeout(deadline);
    await this.#apollo.stop();
  }

  /** Each notice that an access key ended, in whichever process. */
  async #heedRevocations(): Promise<void> {
    while (await this.#revocations.next()) {
      this.parts.access.forget();
      await this.#sockets.closeEnded();
    }
  }

  readonly #context = (viewer: Viewer, requestId: string, request: IncomingMessage): Context => {
    const { createLoaders, watch, answered, access, introspection } = this.parts;
    const context: Context = {
      viewer: { ...viewer, requestId },
      requestId,
      rate: () => access.rate(request, viewer),
      mayIntrospect: mayIntrospect(viewer, introspection),
      watch,
      answered,
      loaders: whenUsed(createLoaders),
      renewLoaders: () => void (context.loaders = whenUsed(createLoaders)),
    };
    return context;
  };

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const begin = performance.now();
    response.setHeader("x-request-id", requestId);
    response.setHeader("x-content-type-options", "nosniff");
    this.#owed.add(response);
    response.once("close", () => this.#owed.delete(response));
    if (!this.#http.listening) endConnection(response);
    try {
      await this.#route(request, response, requestId);
    } catch (error) {
      const code = answerRefusal(request, response, requestId, error, this.parts.log);
      this.parts.metrics.request("refused", code, (performance.now() - begin) / 1000);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    if (path !== GRAPHQL_PATH && (await handleOperations(path, request, response, this.parts))) return;
    if (path !== GRAPHQL_PATH && path !== AUDIT_PATH && !path.startsWith(ARTIFACT_PATH)) {
      if (await this.parts.web.answer(request, response, path)) return;
      throw new DomainError("NOT_FOUND", `Nothing is here; GraphQL answers at ${GRAPHQL_PATH}.`);
    }
    const { viewer } = await this.parts.access.admit(request, request.headers.authorization);
    if (path === GRAPHQL_PATH) {
      return handleGraphql(request, response, this.#apollo, this.#context(viewer, requestId, request));
    }
    if (path === AUDIT_PATH) {
      requireRole(viewer, "ADMIN", `GET ${AUDIT_PATH}`);
      return sendAudit(request.url ?? "", response, this.parts.audit);
    }
    this.#countArtifact(request, response);
    if (request.method === "PUT") requireRole(viewer, "CONTRIBUTOR", `PUT ${ARTIFACT_PATH}`);
    const { artifacts } = this.parts;
    return handleArtifactRequest(request, response, {
      ...artifacts,
      register: (artifact) => artifacts.register(artifact, { ...viewer, requestId }),
    });
  }

  #countArtifact({ method = "" }: IncomingMessage, response: ServerResponse): void {
    const operation = `artifact ${["PUT", "GET", "HEAD"].includes(method) ? method : "other"}`;
    const begin = performance.now();
    response.once("close", () => {
      const { statusCode, writableFinished } = response;
      const code = !writableFinished ? "CUT" : statusCode < 400 ? "OK" : `HTTP_${statusCode}`;
      this.parts.metrics.request(operation, code, (performance.now() - begin) / 1000);
    });
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
