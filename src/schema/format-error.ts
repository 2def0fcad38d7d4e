import { randomUUID } from "node:crypto";

import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { ArgumentValidationError } from "type-graphql";

import { isDatabaseAway, sqlState } from "../database/database-away.js";
import { DomainError } from "../errors.js";
import type { Logger } from "../log.js";

/** What the API says instead of what our own bug says. */
const INTERNAL = "Internal server error";

const LONGEST_MESSAGE = 1000;

/** PostgreSQL refuses the value itself: a malformed uuid or number, a zero byte. */
const BAD_VALUE_STATES = new Set(["22P02", "22003", "22021", "22P05"]);
/** PostgreSQL cancelled the statement at its time limit. */
const CANCELLED_STATE = "57014";

/**
 * The one mapper from errors to answers, for HTTP and WebSocket: a DomainError keeps its code and message, GraphQL's own
 * errors theirs; anything else is logged with its stack under a random id, and the client sees that id alone.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
  requestId: string | undefined,
): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const known = toDomainError(cause);
  if (known !== undefined) return answer(formatted, known.message, known.code);

  // graphql-js and Apollo code their own findings: a syntax error, an unknown field, a variable that does not fit.
  const code = formatted.extensions?.["code"];
  if (typeof code === "string" && code !== "INTERNAL_SERVER_ERROR") {
    return answer(formatted, formatted.message, code);
  }

  // An argument or a variable that fits only the document's types; graphql-js finds it when it runs and codes nothing.
  // Its nodes tell it from a value of ours that a scalar cannot serialise.
  if (cause instanceof GraphQLError && cause.nodes !== undefined) {
    return answer(formatted, cause.message, "BAD_USER_INPUT");
  }

  const errorId = randomUUID();
  log.error({ errorId, requestId, error: (cause as Error | undefined)?.stack ?? String(cause) }, INTERNAL);
  return {
    message: INTERNAL,
    ...(formatted.path && { path: formatted.path }),
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
  };
}

/** graphql-js quotes what came, which may be all of a megabyte, in each of its messages. */
export function shortened(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)} ...`;
}

/** An error with the id under which the log knows its request. */
export function identified(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  return { ...error, extensions: { ...error.extensions, requestId } };
}

/** The caller's part in an error, if it has one. */
export function toDomainError(cause: unknown): DomainError | undefined {
  if (cause instanceof DomainError) return cause;
  if (cause instanceof ArgumentValidationError) {
    return new DomainError("BAD_USER_INPUT", cause.message);
  }
  const state = sqlState(cause);
  if (BAD_VALUE_STATES.has(state)) {
    return new DomainError("BAD_USER_INPUT", "A value has a form that cannot be stored or compared.");
  }
  if (state === CANCELLED_STATE) {
    return new DomainError("TIMEOUT", "The database took too long over this; ask for less at a time.");
  }
  if (isDatabaseAway(cause)) {
    return new DomainError("UNAVAILABLE", "The database did not answer; try again in a moment.");
  }
  return undefined;
}

function answer(formatted: GraphQLFormattedError, message: string, code: string): GraphQLFormattedError {
  const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
  return { ...formatted, message: shortened(message), extensions: { ...extensions, code } };
}
