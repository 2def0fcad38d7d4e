import { ApolloServer, type ApolloServerOptionsWithGateway } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";

import type { Logger } from "../log.js";
import type { Metrics } from "../metrics.js";
import { CompiledQueries } from "./compiled-queries.js";
import type { Context } from "./context.js";
import { countRequest } from "./count-request.js";
import { DocumentStore } from "./document-store.js";
import { formatError, identified } from "./format-error.js";
import { refuseIntrospection, withoutSuggestion } from "./introspection.js";
import { measureOnce } from "./limits.js";
import { sourceOf, type TrustedDocuments } from "./trusted-documents.js";

export const MAX_TOKENS = 5000;
/** A client that gets one variable wrong learns nothing more from a thousand errors. */
export const MAX_ERRORS = 10;

/** Apollo Server as this API uses it: limits on every operation, one error mapper, nothing loaded from a CDN. */
export function createApollo(
  schema: GraphQLSchema,
  trusted: TrustedDocuments | undefined,
  metrics: Metrics,
  log: Logger,
): ApolloServer<Context> {
  // Apollo does not tell its error mapper whose error it is.
  const requestIds = new WeakMap<object, string>();
  return new ApolloServer<Context>({
    gateway: executedBy(new CompiledQueries(), schema),
    introspection: true, // to those who may; see below
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    documentStore: new DocumentStore(),
    formatError: (formatted, error) => formatError(formatted, error, log, requestIds.get(error as object)),
    ...(trusted && { persistedQueries: { cache: trusted.asCache(), ttl: null } }),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      {
        requestDidStart: async () => {
          const count = countRequest(metrics, log);
          return {
            didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
              if (operation === undefined) return; // Apollo has answered that the operation is not known
              count.begins(operation);
              trusted?.require(sourceOf(document));
              if (!contextValue.mayIntrospect) refuseIntrospection(document);
              contextValue.cost = measureOnce(schema, document, operation, request.variables ?? {});
            },
            didEncounterErrors: async ({ errors, contextValue }) => {
              for (const error of errors) requestIds.set(error, contextValue.requestId);
            },
            willSendResponse: async ({ operation, response, contextValue }) => {
              count.ends(operation, response.body, contextValue);
              if (response.body.kind !== "single") return;
              const { singleResult } = response.body;
              const { requestId, mayIntrospect } = contextValue;
              if (singleResult.errors) {
                // Without data nothing ran, and each error is about the request; with data each says why a field is null.
                const shown = singleResult.data === undefined ? MAX_ERRORS : singleResult.errors.length;
                singleResult.errors = singleResult.errors
                  .slice(0, shown)
                  .map((error) => (mayIntrospect ? error : withoutSuggestion(error)))
                  .map((error) => identified(error, requestId));
              }
              singleResult.extensions = {
                ...singleResult.extensions,
                requestId,
                ...(contextValue.cost !== undefined && { cost: contextValue.cost }),
              };
            },
          };
        },
      },
    ],
    logger: {
      debug: (message) => log.debug({ message }, "apollo"),
      info: (message) => log.debug({ message }, "apollo"),
      warn: (message) => log.warn({ message }, "apollo"),
      error: (message) => log.error({ message }, "apollo"),
    },
    validationOptions: { maxErrors: MAX_ERRORS },
  });
}

/** Apollo's only way to let another execute what it has checked: it calls it a gateway, whatever it is. */
function executedBy(
  queries: CompiledQueries,
  schema: GraphQLSchema,
): ApolloServerOptionsWithGateway<Context>["gateway"] {
  return {
    load: async () => ({
      executor: async ({ document, operation, request, context }) =>
        queries.run({
          schema,
          document,
          operation,
          operationName: request.operationName,
          contextValue: context,
          variableValues: request.variables,
          cost: context.cost,
        }),
    }),
    onSchemaLoadOrUpdate: (heed) => {
      heed({ apiSchema: schema, coreSupergraphSdl: "" });
      return () => undefined;
    },
    stop: async () => undefined,
  };
}
