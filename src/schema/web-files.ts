import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { pipeline } from "node:stream/promises";

/** What scripts/build-web.mjs says of one file. */
interface WebFile {
  readonly type: string;
  readonly etag: string;
  /** Whether its name changes with its content. */
  readonly immutable: boolean;
  readonly bytes: number;
  /** Beside the file lies one for each of these. */
  readonly encodings: readonly Encoding[];
}
type Encoding = keyof typeof SUFFIX;

const SUFFIX = { br: ".br", gzip: ".gz" } as const;
const FOLDER = new URL("../../web/", import.meta.url);
const PAGE = "/index.html";
const GRAPHIQL = "/graphiql.html";

/** The page runs its own files alone and talks to its own server alone; nobody frames it. */
const PAGE_POLICY = policy({
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:", // thumbnails come inside answers, behind the same key as all else
});
/** Monaco, GraphiQL's editor, writes style elements and starts its workers from blobs. */
const GRAPHIQL_POLICY = policy({
  "script-src": "'self' blob:",
  "style-src": "'self' 'unsafe-inline'",
  "img-src": "'self' data:",
  "worker-src": "'self' blob:",
});

function policy(directives: Record<string, string>): string {
  const all = {
    "default-src": "'none'",
    "connect-src": "'self'",
    "font-src": "'self' data:",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    ...directives,
  };
  return Object.entries(all)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}

/** The built web page, as files that were compressed when they were built. */
export class WebFiles {
  private constructor(private readonly files: ReadonlyMap<string, WebFile>) {}

  /**
   * Reads what was built; where nothing was, there is no page and the API answers as ever.
   *
   * @param ide whether GraphiQL is among it: where nobody may ask for the schema it is of no use to anybody
   */
  static async open(ide: boolean): Promise<WebFiles> {
    const text = await readFile(new URL("files.json", FOLDER), "utf8").catch(() => "{}");
    const files = new Map(Object.entries(JSON.parse(text) as Record<string, WebFile>));
    if (!ide) files.delete(GRAPHIQL);
    return new WebFiles(files);
  }

  /**
   * Answers with a file. The page has addresses of its own (/zoo, /tasks/...): whoever asks for HTML gets the page, which
   * finds its way from there; programs get the API's errors.
   *
   * @returns false if nothing is there for this request
   */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const wantsPage = path === "/" || (request.headers.accept ?? "").includes("text/html");
    const asked = path === "/graphiql" ? GRAPHIQL : path;
    const name = this.files.has(asked) || !wantsPage ? asked : PAGE;
    const file = this.files.get(name);
    if (file === undefined) return false;

    response.setHeader("etag", file.etag);
    response.setHeader("vary", "accept-encoding");
    response.setHeader("cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.setHeader("cross-origin-resource-policy", "same-origin");
    if (file.type.startsWith("text/html")) setPageHeaders(response, name === GRAPHIQL);
    if (request.headers["if-none-match"]?.includes(file.etag)) {
      response.writeHead(304).end();
      return true;
    }
    const accepted = request.headers["accept-encoding"] ?? "";
    const encoding = file.encodings.find((candidate) => new RegExp(`\\b${candidate}\\b`).test(accepted));
    response.setHeader("content-type", file.type);
    if (encoding === undefined) response.setHeader("content-length", file.bytes);
    else response.setHeader("content-encoding", encoding);
    if (request.method === "HEAD") {
      response.end();
      return true;
    }
    const source = fileURLToPath(new URL(`.${name}`, FOLDER)) + (encoding ? SUFFIX[encoding] : "");
    // A reader who leaves early is no error of ours.
    await pipeline(createReadStream(source), response).catch(() => response.destroy());
    return true;
  }
}

function setPageHeaders(response: ServerResponse, graphiql: boolean): void {
  response.setHeader("content-security-policy", graphiql ? GRAPHIQL_POLICY : PAGE_POLICY);
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}
