import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { text } from "node:stream/consumers";

const { WEBHOOK_SECRET, TLS_CERTIFICATE, TLS_KEY } = process.env;
if (WEBHOOK_SECRET === undefined || TLS_CERTIFICATE === undefined || TLS_KEY === undefined) {
  throw new Error(
    "Set WEBHOOK_SECRET to what addWebhook answered, TLS_CERTIFICATE and TLS_KEY to PEM files.",
  );
}
const [port = "8443"] = process.argv.slice(2);

const LONGEST_AGE_SECONDS = 300;
const key = Buffer.from(WEBHOOK_SECRET.replace("whsec_", ""), "base64");
/** A real receiver keeps these in its database, in the transaction of what it does. */
const known = new Set<string>();

const server = createServer(
  { cert: readFileSync(TLS_CERTIFICATE), key: readFileSync(TLS_KEY) },
  (request, response) => void receive(request).then((status) => response.writeHead(status).end()),
);
server.listen(Number(port), () => {
  process.stdout.write(`Listens on port ${(server.address() as AddressInfo).port}\n`);
});

/** @returns the status to answer: any 2xx accepts, all else is sent again */
async function receive(request: IncomingMessage): Promise<number> {
  const body = await text(request);
  if (!isGenuine(request.headers, body)) return 401;
  const id = String(request.headers["webhook-id"]);
  if (!known.has(id)) handle(body);
  known.add(id);
  return 204;
}

/** Must be done within 15 seconds: what takes longer belongs into a queue of your own. */
function handle(body: string): void {
  const { type, data } = JSON.parse(body) as { type: string; data: { name?: string; status?: string } };
  process.stdout.write(`${[type, data.name, data.status].filter((part) => part !== undefined).join(" ")}\n`);
}

/** Whether the request was signed with the secret, a short while ago. While secrets change, it bears a signature of each. */
function isGenuine(headers: IncomingHttpHeaders, body: string): boolean {
  const { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(seconds));
  if (!(age <= LONGEST_AGE_SECONDS)) return false;
  const expected = createHmac("sha256", key)
    .update(`${String(id)}.${String(seconds)}.${body}`)
    .digest();
  return String(signatures)
    .split(" ")
    .some((signature) => {
      const [version, value = ""] = signature.split(",");
      const given = Buffer.from(value, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    });
}
