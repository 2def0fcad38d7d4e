import type { LookupAddress } from "node:dns";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable, Transform } from "node:stream";

import { DomainError } from "../../errors.js";
import type { HostList } from "./host-list.js";
import type { Network } from "./internet.js";

/** What one request may cost. */
export interface OutboundLimits {
  /** Of the answer's body. */
  readonly maxBytes: number;
  /** From the first step to the last byte. */
  readonly milliseconds: number;
}

export type Fetch = typeof fetch;

const MOST_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * HTTP to servers that somebody else named. Only https, only to hosts that the operator lists, only to public addresses:
 * a name is resolved once, every address is judged, and the connection goes to those very addresses, so that a second
 * answer of the name server changes nothing. Each redirect is judged anew; credentials do not follow to another host.
 */
export class OutboundHttp {
  constructor(
    private readonly hosts: HostList,
    /** The setting that lists them, for messages. */
    private readonly setting: string,
    private readonly network: Network,
    /** Access tokens by host, which go to that host alone. */
    private readonly tokens: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** @throws DomainError FAILED_PRECONDITION while no host is allowed */
  requireEnabled(what: string): void {
    if (!this.hosts.isEmpty) return;
    throw new DomainError(
      "FAILED_PRECONDITION",
      `${what} is off: whoever runs the server lists allowed hosts in ${this.setting}.`,
    );
  }

  /** @throws DomainError BAD_USER_INPUT if this address could never be asked */
  check(address: string): URL {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
      throw new DomainError("BAD_USER_INPUT", "The address must be an https address without credentials.");
    }
    if (!this.hosts.allows(url)) {
      throw new DomainError("BAD_USER_INPUT", `${url.host} is not among the hosts of ${this.setting}.`);
    }
    return url;
  }

  /**
   * A fetch within limits, for libraries too. The body is cut, with an error, where it grows beyond its limit.
   *
   * @returns a function that throws DomainError BAD_USER_INPUT (address, size) or UNAVAILABLE (network, time)
   */
  within(limits: OutboundLimits): Fetch {
    return async (input, init = {}) => {
      const timeout = AbortSignal.timeout(limits.milliseconds);
      const signal = init.signal == null ? timeout : AbortSignal.any([timeout, init.signal]);
      let url = this.check(input instanceof Request ? input.url : String(input));
      const headers = new Headers(init.headers);
      for (let redirects = 0; ; redirects++) {
        const answer = await this.#send(url, init, headers, signal);
        const { location } = answer.headers;
        if (!REDIRECTS.has(answer.statusCode ?? 0) || location === undefined || init.redirect === "manual") {
          return toResponse(answer, limits.maxBytes);
        }
        answer.destroy();
        if (redirects === MOST_REDIRECTS) {
          throw new DomainError("BAD_USER_INPUT", `${url.host} redirects more than ${MOST_REDIRECTS} times.`);
        }
        const next = this.check(new URL(location, url).href);
        if (next.host !== url.host) headers.delete("authorization");
        url = next;
      }
    };
  }

  async #send(url: URL, init: RequestInit, headers: Headers, signal: AbortSignal): Promise<IncomingMessage> {
    const addresses = await this.#addresses(url);
    const token = this.tokens.get(url.host);
    const sent = { ...Object.fromEntries(headers), ...(token && { authorization: `Bearer ${token}` }) };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: init.method ?? "GET",
        headers: sent,
        signal,
        agent: false, // a kept connection would be used without a look at its address
        lookup: pinnedTo(addresses),
        ...(this.network.ca !== undefined && { ca: this.network.ca }),
      });
      outgoing.on("response", resolve);
      outgoing.on("error", (cause) => {
        const reason = signal.aborted ? "it took too long" : cause.message;
        reject(new DomainError("UNAVAILABLE", `No answer from ${url.host}: ${reason}.`, { cause }));
      });
      outgoing.end(init.body);
    });
  }

  async #addresses({ hostname, host }: URL): Promise<readonly LookupAddress[]> {
    const literal = hostname.replace(/^\[(.*)\]$/, "$1");
    const family = isIP(literal);
    const addresses =
      family > 0
        ? [{ address: literal, family }]
        : await this.network.resolve(hostname).catch((cause: unknown) => {
            throw new DomainError("UNAVAILABLE", `${host} could not be resolved.`, { cause });
          });
    // One private address is enough to refuse: which one a connection takes is not ours to hope.
    if (addresses.length === 0 || !addresses.every(({ address }) => this.network.mayConnect(address))) {
      throw new DomainError("BAD_USER_INPUT", `${host} has an address that is not on the public internet.`);
    }
    return addresses;
  }
}

function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  const [first] = addresses;
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, first!.address, first!.family);
  };
}

function toResponse(answer: IncomingMessage, maxBytes: number): Response {
  const status = answer.statusCode ?? 500;
  const headers = new Headers();
  for (const [name, value = ""] of Object.entries(answer.headers)) {
    for (const one of [value].flat()) headers.append(name, one);
  }
  const tooLarge = new DomainError(
    "BAD_USER_INPUT",
    `The answer is larger than the limit of ${maxBytes} bytes.`,
  );
  if (Number(headers.get("content-length") ?? 0) > maxBytes) {
    answer.destroy();
    throw tooLarge;
  }
  let came = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      came += chunk.byteLength;
      done(came > maxBytes ? tooLarge : null, chunk);
    },
  });
  answer.on("error", (cause) => {
    counting.destroy(new DomainError("UNAVAILABLE", "The answer was cut before its end.", { cause }));
  });
  counting.on("error", () => answer.destroy());
  const hasBody = status !== 204 && status !== 304;
  const body = hasBody ? (Readable.toWeb(answer.pipe(counting)) as ReadableStream<Uint8Array>) : null;
  if (!hasBody) answer.resume();
  return new Response(body, { status, headers });
}
