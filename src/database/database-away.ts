import {
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from "typeorm";

/** The server is starting, stopping or gone, or asks for another try. */
const AWAY_STATES = /^(08|53|57|40)/;
const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** Whether an error says that PostgreSQL did not answer: trying again may help. */
export function isDatabaseAway(cause: unknown): boolean {
  const state = sqlState(cause);
  return AWAY_STATES.test(state) || CONNECTION_ERRORS.has(state) || isMissingSocket(cause) || isLoss(cause);
}

/** The five characters of PostgreSQL, or the code of the system's error; empty if there is none. */
export function sqlState(cause: unknown): string {
  const { code } = driverError(cause);
  return typeof code === "string" ? code : "";
}

function driverError(cause: unknown): { readonly code?: unknown; readonly syscall?: unknown } {
  return (cause instanceof QueryFailedError ? cause.driverError : cause) ?? {};
}

/** A missing file says the same, but of another system call. */
function isMissingSocket(cause: unknown): boolean {
  const { code, syscall } = driverError(cause);
  return code === "ENOENT" && syscall === "connect";
}

/** The driver reports these without a code; TypeORM so, when a connection dies between two statements of a transaction. */
function isLoss(cause: unknown): boolean {
  if (cause instanceof QueryRunnerAlreadyReleasedError) return true;
  if (cause instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  return (
    cause instanceof Error &&
    /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      cause.message,
    )
  );
}
