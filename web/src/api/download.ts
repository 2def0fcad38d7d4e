import { authorization } from "./key.ts";

/**
 * A file of the server: a plain link could not carry the access key.
 *
 * @returns undefined if the server refuses or cannot be reached
 */
export async function download(address: string): Promise<Blob | undefined> {
  const response = await fetch(address, { headers: { ...authorization() } }).catch(() => undefined);
  return response?.ok ? await response.blob() : undefined;
}
