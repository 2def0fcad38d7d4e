import type { GraphQLRequestListener } from "@apollo/server";

import { OperationTypeNode } from "graphql";

import type { Logger } from "../log.js";
import type { Metrics } from "../metrics.js";
import type { Context } from "./context.js";
import { operationLabel } from "./operation-label.js";

/** Counts one request, and logs it: what changes something always, what only reads when somebody debugs. */
export function countRequest(metrics: Metrics, log: Logger): GraphQLRequestListener<Context> {
  const begin = performance.now();
  let label = "graphql"; // of a request whose operation never became known
  return {
    didResolveOperation: async ({ operation }) => {
      if (operation !== undefined) label = operationLabel(operation);
    },
    willSendResponse: async ({ operation, response, contextValue: { requestId, viewer } }) => {
      const error = response.body.kind === "single" ? response.body.singleResult.errors?.[0] : undefined;
      const code = error === undefined ? "OK" : String(error.extensions?.["code"]);
      const seconds = (performance.now() - begin) / 1000;
      metrics.request(label, code, seconds);
      const level = operation?.operation === OperationTypeNode.MUTATION ? "info" : "debug";
      log[level]({ requestId, operation: label, viewer: viewer.name, code, seconds }, "request ends");
    },
  };
}
