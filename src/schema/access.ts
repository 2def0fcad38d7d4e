import type { IncomingMessage } from "node:http";

import { type RateLimiterAbstract, RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";

import { DomainError } from "../errors.js";
import { localViewer, type Viewer } from "../services/access/viewer.js";

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
/** Credentials of one address that may be wrong in a minute before the answer is to wait. */
const MISTAKES_PER_MINUTE = 60;

/** Too many requests; the answer says when to come back. */
export class RateLimited extends DomainError {
  constructor(readonly retryAfterSeconds: number) {
    super("RESOURCE_EXHAUSTED", `Too many requests; try again in ${retryAfterSeconds} s.`);
  }
}

/** Somebody whose credentials were good. */
export interface Admitted {
  readonly viewer: Viewer;
  /** When they end by themselves; null: never. */
  readonly expiresAt: Date | null;
}

/** Tells whose bearer credentials these are. */
export interface Credentials {
  /** @returns undefined for those of nobody */
  admit(bearer: string): Promise<Admitted | undefined>;
  /** Those of some access keys that still work. */
  working(keyIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Looks at everybody anew: an access key has ended. */
  forget(): void;
}

/** What a client has left of its requests. */
export interface Rate {
  /** Requests a minute. */
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

/** Who may come in, and how often. */
export class Access {
  readonly #mistakes = new RateLimiterMemory({ points: MISTAKES_PER_MINUTE, duration: 60 });

  /**
   * @param credentials undefined if everybody who can reach the server may do everything
   * @throws Error if that is so beyond this machine
   */
  constructor(
    private readonly credentials: Credentials | undefined,
    host: string,
    private readonly requests: RateLimiterAbstract,
  ) {
    if (credentials === undefined && !LOOPBACK.has(host)) {
      throw new Error(
        `The configuration is wrong:\n  ORB_AUTH: off is for this machine alone, and ORB_HOST is ${host}. Set ORB_AUTH=on.`,
      );
    }
  }

  /**
   * Admits a request or a socket. Whoever brings good credentials is never held up by others at the same address who
   * guess; those are.
   *
   * @param authorization the header or connection parameter, such as "Bearer ..."
   * @throws DomainError UNAUTHENTICATED, FORBIDDEN; RateLimited
   */
  async admit(request: IncomingMessage, authorization: string | undefined): Promise<Admitted> {
    const admitted = await this.#identify(request, authorization);
    await this.count(request, admitted.viewer);
    return admitted;
  }

  /** Counts one more request. @throws RateLimited */
  async count(request: IncomingMessage, viewer: Viewer): Promise<void> {
    await consume(this.requests, this.#counted(request, viewer));
  }

  /** How many requests are left. */
  async rate(request: IncomingMessage, viewer: Viewer): Promise<Rate> {
    const used = await this.requests.get(this.#counted(request, viewer));
    const limit = this.requests.points;
    return {
      limit,
      remaining: used?.remainingPoints ?? limit,
      resetAt: new Date(Date.now() + (used?.msBeforeNext ?? 0)),
    };
  }

  #counted(request: IncomingMessage, { keyId, name }: Viewer): string {
    return keyId ?? (this.credentials === undefined ? addressOf(request) : name);
  }

  /** Looks at everybody anew: an access key has ended. */
  forget(): void {
    this.credentials?.forget();
  }

  /** Of some who were admitted, those whose credentials have ended since. */
  async ended(admitted: readonly Admitted[]): Promise<Admitted[]> {
    if (this.credentials === undefined || admitted.length === 0) return [];
    const keyIds = new Set(admitted.flatMap(({ viewer }) => viewer.keyId ?? []));
    const working = await this.credentials.working([...keyIds]);
    const now = Date.now();
    return admitted.filter(
      ({ viewer: { keyId }, expiresAt }) =>
        (keyId !== null && !working.has(keyId)) || (expiresAt !== null && expiresAt.getTime() <= now),
    );
  }

  async #identify(request: IncomingMessage, authorization: string | undefined): Promise<Admitted> {
    if (this.credentials === undefined) {
      requireLocalName(request);
      return { viewer: localViewer("local"), expiresAt: null };
    }
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    const admitted = bearer === undefined ? undefined : await this.credentials.admit(bearer);
    if (admitted !== undefined) return admitted;
    await consume(this.#mistakes, addressOf(request));
    throw new DomainError("UNAUTHENTICATED", 'Send a valid access key: "Authorization: Bearer <key>".');
  }
}

/**
 * Where everybody at this machine may do everything, a page of another site must not: it could give its own name the
 * address 127.0.0.1, and the visitor's browser would take us for that site.
 */
function requireLocalName({ headers }: IncomingMessage): void {
  const name = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  if (LOOPBACK.has(name)) return;
  throw new DomainError(
    "FORBIDDEN",
    "Without access keys the server answers to 127.0.0.1 and localhost only.",
  );
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? "unknown";
}

async function consume(limiter: RateLimiterAbstract, who: string): Promise<void> {
  try {
    await limiter.consume(who);
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    throw new RateLimited(Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
  }
}
