import { text } from "node:stream/consumers";

import { Webhook as Verifier } from "standardwebhooks";

import { startTlsServer, type TlsServer } from "./tls-server.js";

/** A request that came, before it is answered. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver of webhooks on TLS that does with each request what the test says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** The status of each request in turn, then 204 for all others; "never" leaves it without an answer. */
  readonly answers: (number | "never")[] = [];
  #waiting: (() => void)[] = [];

  private constructor(private readonly server: TlsServer) {}

  static async start(): Promise<WebhookReceiver> {
    const parts: { receiver?: WebhookReceiver } = {};
    const server = await startTlsServer(async (request, response) => {
      const receiver = parts.receiver!;
      const body = await text(request);
      const headers = request.headers as Record<string, string>;
      receiver.received.push({ path: request.url ?? "", headers, body });
      const answer = receiver.answers.shift() ?? 204;
      if (answer !== "never") response.writeHead(answer, redirection(answer, receiver)).end();
      for (const wake of receiver.#waiting.splice(0)) wake();
    });
    return (parts.receiver = new WebhookReceiver(server));
  }

  /** As an entry of ORB_WEBHOOK_HOSTS. */
  get host(): string {
    return `elsewhere.test:${this.server.port}`;
  }

  url(path = ""): string {
    return `https://${this.host}/${path}`;
  }

  /** The request of this number, once it has come. */
  async nth(number: number): Promise<Received> {
    while (this.received.length < number) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.received[number - 1]!;
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** Checks the signature with the standard's own library. @returns the body @throws unless it is good */
export function verified({ body, headers }: Received, secret: string): Record<string, unknown> {
  return new Verifier(secret).verify(body, { ...headers }) as Record<string, unknown>;
}

function redirection(status: number, receiver: WebhookReceiver): Record<string, string> {
  return status >= 300 && status < 400 ? { location: receiver.url("elsewhere") } : {};
}
