import { DomainError, DomainErrors } from "../errors.js";
import type { UserErrorType } from "./types/payloads.type.js";

/**
 * Runs a mutation's use case. What the caller can handle (a wrong value, a taken name, a missing upload) comes back in the
 * payload; what the caller cannot (the database is down) stays an error.
 *
 * @param path what of the input the use case is given
 */
export async function settle<Result extends object>(
  path: readonly string[],
  work: () => Promise<Result>,
): Promise<(Result | object) & { userErrors: readonly UserErrorType[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const errors = error instanceof DomainErrors ? error.errors : [{ error, path: [] }];
    return { userErrors: errors.map(({ error, path: rest }) => userError(error, [...path, ...rest])) };
  }
}

function userError(error: unknown, path: readonly string[]): UserErrorType {
  if (!(error instanceof DomainError) || error.code === "UNAVAILABLE") throw error;
  return { code: error.code, message: error.message, path: [...path, ...error.part] };
}
