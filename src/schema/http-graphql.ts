import type { IncomingMessage, ServerResponse } from "node:http";

import { type ApolloServer, HeaderMap } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";

import type { Context } from "./context.js";
import { identified } from "./format-error.js";
import { readJson } from "./read-json.js";

/** What graphql-js finds before anything runs; the limits of this API are not among them. */
const FOUND_BY_GRAPHQL: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT", // of variables; what a resolver refuses has status 200 already
  "OPERATION_RESOLUTION_FAILURE",
]);

/**
 * GraphQL over HTTP (the specification's GET and POST) on plain node:http: a framework would cost more than it does.
 *
 * @throws HttpRefusal for a body that `readJson` refuses
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
