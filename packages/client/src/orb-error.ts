import type { ErrorCode } from "./generated/graphql.js";

/** Codes that a client may meet besides those of mutations; docs/errors.md explains all of them. */
export type OrbErrorCode =
  | ErrorCode
  | "DEPTH_LIMIT"
  | "ALIAS_LIMIT"
  | "COST_LIMIT"
  | "INTERNAL_SERVER_ERROR"
  // What the server's own parts and later servers say; `string & {}` keeps the names above in completions.
  | (string & {});

/** What the server refused or could not do, with the code to decide by and the words to show. */
export class OrbError extends Error {
  override readonly name = "OrbError";

  constructor(
    readonly code: OrbErrorCode,
    message: string,
    options: ErrorOptions & {
      readonly path?: readonly string[];
      readonly requestId?: string | undefined;
    } = {},
  ) {
    super(message, options);
    this.path = options.path ?? [];
    this.requestId = options.requestId;
  }

  /** The part of a mutation's input that it is about. */
  readonly path: readonly string[];
  /** To be told to whoever runs the server: it is in the server's log. */
  readonly requestId: string | undefined;
}

interface WireError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly requestId?: string } | undefined;
}

/** The first error of an answer, as the server wrote it. */
export function fromWire(errors: readonly WireError[]): OrbError {
  const [first] = errors;
  const { code = "INTERNAL_SERVER_ERROR", requestId } = first?.extensions ?? {};
  return new OrbError(code, first?.message ?? "The server named no error.", { requestId });
}

/** A server that cannot be reached is down for the moment, as far as a client can tell. */
export function unreachable(server: string, cause: unknown): OrbError {
  const { message, cause: deeper } = cause as Error;
  const reason = deeper instanceof Error && deeper.message !== "" ? deeper.message : message;
  return new OrbError("UNAVAILABLE", `No answer from ${server}: ${reason}`, { cause });
}
