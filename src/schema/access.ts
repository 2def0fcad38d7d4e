import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";

import { DomainError } from "../errors.js";
import { sha256 } from "../services/digest.js";
import { localViewer, type Viewer } from "../services/viewer.js";

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

/** Too many requests; the answer says when to come back. */
export class RateLimited extends DomainError {
  constructor(readonly retryAfterSeconds: number) {
    super("RESOURCE_EXHAUSTED", `Too many requests; try again in ${retryAfterSeconds} s.`);
  }
}

/** Who may come in, and how often. One key for all until access keys are entities of their own. */
export class Access {
  readonly #limiter: RateLimiterMemory;

  /** @throws Error if the server would listen beyond this machine without a key */
  constructor(
    private readonly accessKey: string | undefined,
    host: string,
    ratePerMinute: number,
  ) {
    if (accessKey === undefined && !LOOPBACK.has(host)) {
      throw new Error(
        `To listen on ${host}, beyond this machine, set ORB_ACCESS_KEY; clients then send "Authorization: Bearer <key>".`,
      );
    }
    this.#limiter = new RateLimiterMemory({ points: ratePerMinute, duration: 60 });
  }

  /**
   * Admits a request or a socket.
   *
   * @param authorization the header or connection parameter, such as "Bearer ..."
   * @throws DomainError UNAUTHENTICATED; RateLimited
   */
  async admit(request: IncomingMessage, authorization: string | undefined): Promise<Viewer> {
    await this.count(request);
    if (this.accessKey === undefined) return localViewer("local");
    const presented = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1] ?? "";
    // Digests have one length, so that the comparison's time says nothing about the key's.
    const matches = timingSafeEqual(Buffer.from(sha256(presented)), Buffer.from(sha256(this.accessKey)));
    if (!matches) {
      throw new DomainError("UNAUTHENTICATED", 'Send a valid access key: "Authorization: Bearer <key>".');
    }
    return localViewer("access-key");
  }

  /** Counts one more request of a client. @throws RateLimited */
  async count(request: IncomingMessage): Promise<void> {
    try {
      await this.#limiter.consume(request.socket.remoteAddress ?? "unknown");
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal;
      throw new RateLimited(Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
    }
  }
}
