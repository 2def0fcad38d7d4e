import type { CombinedError } from "urql";

import { errorText } from "../api/client.ts";

/** Why a mutation did nothing; undefined if it did. */
export function refusalOf(
  error: CombinedError | undefined,
  payload: { readonly userErrors: readonly { readonly message: string }[] } | undefined,
): string | undefined {
  return error ? errorText(error) : payload?.userErrors[0]?.message;
}
