import type { GraphQLResponse } from "@apollo/server";
import { type OperationDefinitionNode, OperationTypeNode } from "graphql";

import type { Logger } from "../log.js";
import type { Metrics } from "../metrics.js";
import type { Context } from "./context.js";
import { operationLabel } from "./operation-label.js";

export interface CountedRequest {
  readonly begins: (operation: OperationDefinitionNode) => void;
  readonly ends: (
    operation: OperationDefinitionNode | undefined,
    body: GraphQLResponse["body"],
    context: Context,
  ) => void;
}

/** Counts one request, and logs it: what changes something always, what only reads when somebody debugs. */
export function countRequest(metrics: Metrics, log: Logger): CountedRequest {
  const begin = performance.now();
  let label = "graphql"; // of a request whose operation never became known
  return {
    begins: (operation) => {
      label = operationLabel(operation);
    },
    ends: (operation, body, { requestId, viewer }) => {
      const error = body.kind === "single" ? body.singleResult.errors?.[0] : undefined;
      const code = error === undefined ? "OK" : String(error.extensions?.["code"]);
      const seconds = (performance.now() - begin) / 1000;
      metrics.request(label, code, seconds);
      const level = operation?.operation === OperationTypeNode.MUTATION ? "info" : "debug";
      log[level]({ requestId, operation: label, viewer: viewer.name, code, seconds }, "request ends");
    },
  };
}
