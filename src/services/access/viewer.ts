/** What people may do, each role with all that the ones before it may. docs/operations.md explains them. */
export const ROLES = ["VIEWER", "CONTRIBUTOR", "CURATOR", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, and in which request. Services write the name into what they create, and all of it into the audit. */
export interface Viewer {
  readonly name: string;
  readonly role: Role;
  /** The row of the access key that came; null where none was needed. */
  readonly keyId: string | null;
  /** Null for what no request asked for, such as a command. */
  readonly requestId: string | null;
  /** Present where the caller gave the request a name of its own; see `once`. */
  readonly request?: NamedRequest | undefined;
}

/** A request that must have its effect once, however often it comes. */
export interface NamedRequest {
  /** The idempotency key. */
  readonly key: string;
  /** Digest of everything else that was asked. */
  readonly fingerprint: string;
}

/** Whether a viewer may do what needs this role. */
export function hasRole({ role }: Pick<Viewer, "role">, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Somebody who works at the machine itself, such as a command: whoever can start it can do everything anyway. */
export function localViewer(name: string): Viewer {
  return { name, role: "ADMIN", keyId: null, requestId: null };
}
