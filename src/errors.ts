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
  /** What of the input it is about, empty for all of it. Not `path`: graphql-js would take the error for one of its own. */
  readonly part: readonly string[];

  constructor(
    readonly code: ErrorCode,
    message: string,
    { part = [], ...options }: ErrorOptions & { readonly part?: readonly string[] } = {},
  ) {
    super(message, options);
    this.part = part;
  }
}

/** Does work on one part of what was asked; a caller's mistake that shows there says so. */
export function inPart<Result>(name: string, work: () => Result): Result {
  const placed = (error: unknown): unknown =>
    error instanceof DomainError
      ? new DomainError(error.code, error.message, { part: [name, ...error.part], cause: error })
      : error;
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw placed(error);
    }) as Result;
  } catch (error) {
    throw placed(error);
  }
}

/** Several mistakes in one call, each with the part of the input that it is about. */
export class DomainErrors extends Error {
  override readonly name = "DomainErrors";

  constructor(readonly errors: readonly { readonly error: DomainError; readonly path: readonly string[] }[]) {
    super(errors.map(({ error }) => error.message).join(" "));
  }
}

/** All results, or all mistakes at once, each with its item's place. @throws DomainErrors */
export function mapAll<Item, Result>(items: readonly Item[], convert: (item: Item) => Result): Result[] {
  const errors: { error: DomainError; path: string[] }[] = [];
  const results = items.flatMap((item, i) => {
    try {
      return [convert(item)];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errors.push({ error, path: [String(i)] });
      return [];
    }
  });
  if (errors.length > 0) throw new DomainErrors(errors);
  return results;
}
