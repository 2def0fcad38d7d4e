import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";

import type { Network } from "../../src/services/outbound/internet.js";
import { repositoryRoot } from "./paths.js";

const folder = new URL("test/refs/tls/", repositoryRoot);
const cert = readFileSync(new URL("certificate.pem", folder));
const key = readFileSync(new URL("key.pem", folder));

/** A network on which every `.test` name is this machine, whose test certificate is trusted. */
export const TEST_NETWORK: Network = {
  resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
  mayConnect: () => true,
  ca: cert.toString(),
};

export interface TlsServer {
  readonly port: number;
  /** Lines such as "GET /path" with the host name that was asked for. */
  readonly asked: {
    readonly line: string;
    readonly host: string;
    readonly authorization: string | undefined;
  }[];
  close(): Promise<void>;
}

/** A server that speaks TLS for the names of the test certificate. */
export async function startTlsServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<TlsServer> {
  const asked: TlsServer["asked"] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const { host = "", authorization } = request.headers;
    asked.push({ line: `${request.method} ${request.url}`, host, authorization });
    void answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
