import { setTimeout as delay } from "node:timers/promises";

import { sha256 } from "../../src/services/digest.js";

const RETRY_MS = 100;

/** What a client met on its way, over all its requests. */
export interface Tally {
  accepted: number;
  /** No answer: refused, cut, or the server died with it. */
  lost: number;
  /** Answers that ask to try again. */
  unavailable: number;
  /** Answers that no fault excuses, each a defect. */
  readonly unexpected: string[];
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions?: { code?: string } }[];
}

/** A client as it should be: repeats each request until it is answered. */
export class RetryingClient {
  readonly tally: Tally = { accepted: 0, lost: 0, unavailable: 0, unexpected: [] };

  constructor(private readonly address: string) {}

  /** Asks until there is an answer. @returns the payload of the one field that the operation asks for */
  async ask<Payload>(query: string, variables: object = {}): Promise<Payload> {
    for (;;) {
      const answer = await this.#send<Answer>("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      const [payload] = Object.values(answer?.data ?? {});
      const code = answer?.errors?.[0]?.extensions?.code;
      if (answer !== undefined && code === undefined) {
        this.tally.accepted += 1;
        return payload as Payload;
      }
      if (code === "UNAVAILABLE") this.tally.unavailable += 1;
      else if (code !== undefined) this.tally.unexpected.push(JSON.stringify(answer?.errors));
      await delay(RETRY_MS);
    }
  }

  /** Uploads until it is stored. @returns the digest */
  async upload(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    for (;;) {
      const answer = await this.#send<{ sha256?: string } & Answer>(`/artifacts/${digest}`, {
        method: "PUT",
        body: new Uint8Array(bytes),
      });
      if (answer?.sha256 === digest) {
        this.tally.accepted += 1;
        return digest;
      }
      const code = answer?.errors?.[0]?.extensions?.code;
      if (code === "UNAVAILABLE") this.tally.unavailable += 1;
      else if (code !== undefined) this.tally.unexpected.push(JSON.stringify(answer?.errors));
      await delay(RETRY_MS);
    }
  }

  async #send<Body>(path: string, options: RequestInit): Promise<Body | undefined> {
    try {
      const response = await fetch(`${this.address}${path}`, options);
      return (await response.json()) as Body;
    } catch {
      this.tally.lost += 1;
      return undefined;
    }
  }
}
