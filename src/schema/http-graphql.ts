import type { IncomingMessage, ServerResponse } from "node:http";

import { type ApolloServer, HeaderMap } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";

import { DomainError } from "../errors.js";
import type { Context } from "./context.js";
import { identified } from "./format-error.js";

const LARGEST_BODY = 1024 * 1024;
/** Values nested deeper than any input type of the schema are an attack on whoever walks them. */
const DEEPEST_BODY = 20;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** What graphql-js finds before anything runs; the limits of this API are not among them. */
const FOUND_BY_GRAPHQL: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT", // of variables; what a resolver refuses has status 200 already
  "OPERATION_RESOLUTION_FAILURE",
]);

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
 * GraphQL over HTTP (the specification's GET and POST) on plain node:http: a framework would cost more than it does.
 *
 * @throws HttpRefusal for a body that is too large, not UTF-8, not JSON or of another media type
 */
export async function handleGraphql(
  request: IncomingMessage,
  response: ServerResponse,
  apollo: ApolloServer<Context>,
  context: Context,
): Promise<void> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method ?? "GET",
      headers,
      search: query < 0 ? "" : url.slice(query),
      body: request.method === "POST" ? await readJson(request) : undefined,
    },
    context: async () => context,
  });

  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  if (answer.body.kind === "complete") {
    const { string } = answer.body;
    response.end(response.statusCode < 400 ? string : completeRefusal(response, string, context.requestId));
    return;
  }
  for await (const chunk of answer.body.asyncIterator) response.write(chunk);
  response.end();
}

/**
 * What Apollo refuses before an operation begins passes no plugin and gets its request id here. And where the client
 * takes application/json, the specification wants status 200 for what GraphQL itself finds wrong with a well-formed
 * request: a 400 under that type could be any proxy's.
 */
function completeRefusal(response: ServerResponse, body: string, requestId: string): string {
  const type = String(response.getHeader("content-type"));
  if (!body.startsWith("{")) return body;
  const { errors = [], ...rest } = JSON.parse(body) as { errors?: GraphQLFormattedError[] };
  const isFoundByGraphql = errors.every(({ extensions }) => FOUND_BY_GRAPHQL.has(extensions?.["code"]));
  if (type.startsWith("application/json") && isFoundByGraphql) response.statusCode = 200;
  return JSON.stringify({ errors: errors.map((error) => identified(error, requestId)), ...rest });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
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
  const body = await readBody(request);
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

function readBody(request: IncomingMessage): Promise<Buffer> {
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
    request.once("close", () => reject(new HttpRefusal(400, "The body ended early.")));
  });
}

/** Level by level, so that the check itself needs no deep stack. */
function requireShallow(value: object): void {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEEPEST_BODY) {
      throw new HttpRefusal(400, `The body may nest at most ${DEEPEST_BODY} levels deep.`);
    }
    level = level.flatMap((item) =>
      Object.values(item).filter((inner) => typeof inner === "object" && inner !== null),
    );
  }
}
