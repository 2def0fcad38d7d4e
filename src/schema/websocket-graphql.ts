import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import {
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { type WebSocket, WebSocketServer } from "ws";

import { DomainError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Metrics } from "../metrics.js";
import type { Access, Admitted } from "./access.js";
import type { Context } from "./context.js";
import { formatError, identified, shortened, toDomainError } from "./format-error.js";
import { MAX_ERRORS, MAX_TOKENS } from "./graphql-engine.js";
import { refuseIntrospection } from "./introspection.js";
import { measureOperation } from "./limits.js";
import type { TrustedDocuments } from "./trusted-documents.js";
import { operationLabel } from "./operation-label.js";
import { SlowSockets } from "./slow-sockets.js";

const LARGEST_MESSAGE = 64 * 1024;
const SOCKETS_PER_VIEWER = 100;
const OPERATIONS_PER_SOCKET = 20;
const INIT_TIMEOUT_MS = 3_000;
/** A client that does not answer the closing in this time is gone; ws itself would wait 30 s for it. */
const CLOSE_MS = 2_000;
/** Close code of RFC 6455. */
const GOING_AWAY = 1001;
/** Close codes of the graphql-ws protocol. */
const FORBIDDEN = 4403;
const TOO_MANY = 4429;
/** How often open sockets are asked whether their credentials still hold, beside every notice that a key has ended. */
const CHECK_MS = 2_000;

interface SocketExtra {
  readonly request: IncomingMessage;
  admitted?: Admitted;
  readonly socket: WebSocket;
  /** Operations that run on this socket. */
  running: number;
}

export interface SocketLimits {
  /** Sockets in all; further ones are answered with 503. */
  readonly most: number;
  /** How often each is asked whether its client is there; one that does not answer until the next time is cut. */
  readonly pingSeconds: number;
}

export interface ServedSockets {
  /** Closes the sockets of those whose credentials have ended. */
  closeEnded(): Promise<void>;
  /** Closes all. */
  close(): Promise<void>;
}

/**
 * GraphQL over WebSocket (the graphql-ws protocol) on the HTTP server's port, with the same access rules, limits and
 * error mapper as HTTP.
 */
export function serveWebSockets(
  server: Server,
  path: string,
  schema: GraphQLSchema,
  access: Access,
  trusted: TrustedDocuments | undefined,
  createContext: (viewer: Context["viewer"], requestId: string, request: IncomingMessage) => Context,
  limits: SocketLimits,
  metrics: Metrics,
  log: Logger,
): ServedSockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
  });
  const open = new Set<SocketExtra>();
  const slow = new SlowSockets(() => {
    metrics.request("socket", "TOO_SLOW", 0);
    log.warn("a client did not read its socket, which was closed");
  });
  sockets.on("connection", (socket) => slow.watch(socket));
  metrics.watch(
    "orb_socket_waiting_bytes",
    "What waits for clients of sockets to read it.",
    () => slow.waitingBytes,
  );
  const closeEnded = async (): Promise<void> => {
    try {
      const sockets = [...open];
      const ended = new Set(await access.ended(sockets.map(({ admitted }) => admitted!)));
      for (const { admitted, socket } of sockets)
        if (ended.has(admitted!)) socket.close(FORBIDDEN, "Forbidden");
    } catch (error) {
      log.warn({ error: (error as Error).message }, "sockets could not be checked");
    }
  };
  const checking = setInterval(() => void closeEnded(), CHECK_MS);

  const mapped = (error: GraphQLError, requestId: string): GraphQLFormattedError =>
    identified(formatError(error.toJSON(), error, log, requestId), requestId);

  const served = useServer<Record<string, unknown>, { extra?: SocketExtra }>(
    {
      schema,
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const { request } = extra as unknown as SocketExtra;
        const parameter = connectionParams?.["authorization"] ?? connectionParams?.["Authorization"];
        const authorization = typeof parameter === "string" ? parameter : request.headers.authorization;
        try {
          const admitted = await access.admit(request, authorization);
          if (countOf(open, admitted) >= SOCKETS_PER_VIEWER) {
            (extra as unknown as SocketExtra).socket.close(TOO_MANY, "Too many sockets of one key");
            return false;
          }
          Object.assign(extra, { admitted, running: 0 });
          open.add(extra as unknown as SocketExtra);
          return true;
        } catch (error) {
          if (error instanceof DomainError) return false; // closes with 4403
          throw error;
        }
      },
      onSubscribe: async ({ extra }, _id, { query, operationName, variables }) => {
        const socket = extra as unknown as SocketExtra;
        const requestId = randomUUID();
        const refusal = (error: GraphQLError, code: string): GraphQLError => {
          metrics.request("socket operation", code, 0);
          return coded(error, code, requestId);
        };
        try {
          const { viewer } = socket.admitted!;
          await access.count(socket.request, viewer);
          if (socket.running >= OPERATIONS_PER_SOCKET) {
            throw new DomainError(
              "RESOURCE_EXHAUSTED",
              `A socket may run at most ${OPERATIONS_PER_SOCKET} operations at a time.`,
            );
          }
          const context = createContext(viewer, requestId, socket.request);
          const document = parse(query, { maxTokens: MAX_TOKENS });
          const invalid = validate(schema, document, undefined, {
            maxErrors: MAX_ERRORS,
            hideSuggestions: !context.mayIntrospect,
          });
          if (invalid.length > 0) return invalid.map((error) => refusal(error, "GRAPHQL_VALIDATION_FAILED"));
          trusted?.require(query);
          if (!context.mayIntrospect) refuseIntrospection(document);
          const operation = getOperationAST(document, operationName);
          if (!operation) {
            const unknown = new GraphQLError("The document must name the operation that is to run.");
            return [refusal(unknown, "OPERATION_RESOLUTION_FAILURE")];
          }
          context.cost = measureOperation(schema, document, operation, variables ?? {});
          socket.running++;
          const label = operationLabel(operation);
          metrics.request(label, "OK", 0); // how long a subscription lives says nothing about us
          log.debug({ requestId, operation: label, viewer: viewer.name }, "operation begins");
          return { schema, document, operationName, variableValues: variables, contextValue: context };
        } catch (error) {
          if (error instanceof GraphQLError) {
            const code = error.extensions["code"];
            return [refusal(error, typeof code === "string" ? code : "GRAPHQL_PARSE_FAILED")];
          }
          const known = toDomainError(error);
          if (known === undefined) throw error;
          return [refusal(new GraphQLError(known.message), known.code)];
        }
      },
      onNext: (_context, _id, _payload, { contextValue }, result) => {
        const { requestId } = contextValue as Context;
        return (
          result.errors && {
            data: result.data ?? null,
            errors: result.errors
              .slice(0, result.data === undefined ? MAX_ERRORS : result.errors.length)
              .map((error) => mapped(error, requestId)),
          }
        );
      },
      onComplete: ({ extra }) => {
        const socket = extra as unknown as SocketExtra;
        if (socket.running > 0) socket.running--;
      },
      onClose: ({ extra }) => void open.delete(extra as unknown as SocketExtra),
    },
    sockets,
    limits.pingSeconds * 1000,
  );

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    if ((request.url ?? "").split("?")[0] !== path) return refuse("404 Not Found");
    if (sockets.clients.size >= limits.most) return refuse("503 Service Unavailable");
    if (!isSameOrigin(request)) return refuse("403 Forbidden");
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client, request));
  });

  return {
    closeEnded,
    close: async () => {
      clearInterval(checking);
      slow.close();
      for (const client of sockets.clients) client.close(GOING_AWAY);
      const deadline = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, CLOSE_MS);
      await served.dispose();
      clearTimeout(deadline);
    },
  };
}

/** Sockets of the same key, or of the same name where there is none. */
function countOf(open: ReadonlySet<SocketExtra>, { viewer: { keyId, name } }: Admitted): number {
  const isSame = ({ admitted }: SocketExtra): boolean =>
    keyId === null ? admitted?.viewer.name === name : admitted?.viewer.keyId === keyId;
  return [...open].filter(isSame).length;
}

/** A page of another site must not speak through its visitor's browser; programs send no Origin. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}

function coded(error: GraphQLError, code: string, requestId: string): GraphQLError {
  const { http: _, ...extensions } = error.extensions; // a status means nothing here
  return new GraphQLError(shortened(error.message), {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { ...extensions, code, requestId },
  });
}
