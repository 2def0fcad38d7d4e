const LONGEST = 80;

/** A name out of an untrusted file, fit for a message: quoted, control characters escaped, cut to 80 characters. */
export function quote(name: string): string {
  return JSON.stringify(name.length > LONGEST ? `${name.slice(0, LONGEST)}...` : name);
}
