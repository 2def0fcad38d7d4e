/**
 * Every code a client can see in `errors[].extensions.code` (docs/errors.md lists them; a test compares both).
 * Expected outcomes of a mutation travel as `userErrors` in its payload instead.
 */
export const ERROR_CODES = [
  "BAD_USER_INPUT",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "FAILED_PRECONDITION",
  "RESOURCE_EXHAUSTED",
  "UNAVAILABLE",
  "TIMEOUT",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A caller's mistake, or a state that forbids the call. The message goes to the client as it stands: it says who,
 * what was expected, what came and what to do, and never holds a path, SQL or a secret.
 */
export class DomainError extends Error {
  override readonly name = "DomainError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
