const NAME = "orbweaver.key";

/** The access key of this visit: gone with the tab, never in an address or a cookie. */
export const accessKey = {
  get: (): string | null => sessionStorage.getItem(NAME),
  set: (key: string): void => sessionStorage.setItem(NAME, key),
  forget: (): void => sessionStorage.removeItem(NAME),
};

/** What every request carries, if anything. */
export function authorization(): { authorization?: string } {
  const key = accessKey.get();
  return key === null ? {} : { authorization: `Bearer ${key}` };
}
