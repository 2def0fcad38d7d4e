/** How commands end, for scripts. docs/cli.md lists them. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notAllowed: 4,
  unavailable: 5,
  /** What a shell reports for a program that Ctrl-C ended. */
  interrupted: 130,
} as const;

const BY_CODE: ReadonlyMap<string, number> = new Map([
  ["BAD_USER_INPUT", EXIT.usage],
  ["NOT_FOUND", EXIT.notFound],
  ["UNAUTHENTICATED", EXIT.notAllowed],
  ["FORBIDDEN", EXIT.notAllowed],
  ["UNAVAILABLE", EXIT.unavailable],
  ["TIMEOUT", EXIT.unavailable],
]);

/** @param code of an error, here or of the API */
export function exitCodeOf(code: string): number {
  return BY_CODE.get(code) ?? EXIT.failure;
}
