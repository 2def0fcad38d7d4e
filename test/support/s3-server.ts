import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const PAGE = 2;

interface Upload {
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, Buffer>;
}

/**
 * The part of S3's REST API that S3Store speaks, in this process: objects, multipart uploads and their lists, presigned
 * reads. It keeps S3's promises that the store relies on: an object is there after the answer to its PUT or to the
 * completion, whole, and never before; and it refuses what is not signed.
 */
export class S3Server {
  /** By "bucket/key". */
  readonly objects = new Map<string, Buffer>();
  readonly uploads = new Map<string, Upload>();
  /** The most bytes that one request brought. */
  largestBody = 0;
  /** Answers that requests get before any other, as long as it says so. */
  refuse: ((request: IncomingMessage) => number | undefined) | undefined;
  readonly #http: Server = createServer((request, response) => void this.#handle(request, response));

  async listen(): Promise<string> {
    this.#http.listen(0, "127.0.0.1");
    await once(this.#http, "listening");
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, "close");
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://s3");
    const path = decodeURIComponent(url.pathname.slice(1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.largestBody = Math.max(this.largestBody, body.length);
    const refusal = this.refuse?.(request);
    if (refusal !== undefined) return answerError(response, refusal, "SlowDown");
    if (!isSigned(request, url)) return answerError(response, 403, "AccessDenied");

    const query = url.searchParams;
    const uploadId = query.get("uploadId");
    const upload = uploadId === null ? undefined : this.uploads.get(uploadId);
    if (uploadId !== null && upload === undefined) return answerError(response, 404, "NoSuchUpload");
    if (request.method === "GET" && query.has("uploads")) return this.#listUploads(response, path, query);
    if (request.method === "POST" && query.has("uploads")) {
      const id = randomUUID();
      this.uploads.set(id, { key: path, initiated: new Date(), parts: new Map() });
      return answerXml(response, "InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`);
    }
    if (upload !== undefined) return this.#part(request, response, uploadId!, upload, query, body);
    if (request.method === "PUT") {
      this.objects.set(path, body);
      response.writeHead(200, { etag: etagOf(body) }).end();
    } else if (request.method === "DELETE") {
      this.objects.delete(path);
      response.writeHead(204).end();
    } else this.#read(request, response, path, query);
  }

  #part(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    { key, parts }: Upload,
    query: URLSearchParams,
    body: Buffer,
  ): void {
    if (request.method === "PUT") {
      parts.set(Number(query.get("partNumber")), body);
      response.writeHead(200, { etag: etagOf(body) }).end();
    } else if (request.method === "DELETE") {
      this.uploads.delete(id);
      response.writeHead(204).end();
    } else {
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) =>
        Number(number),
      );
      const named = numbers.map((number) => parts.get(number));
      if (named.length === 0 || named.includes(undefined)) return answerError(response, 400, "InvalidPart");
      this.objects.set(key, Buffer.concat(named as Buffer[]));
      this.uploads.delete(id);
      answerXml(response, "CompleteMultipartUploadResult", `<Key>${key}</Key>`);
    }
  }

  #read(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): void {
    const object = this.objects.get(path);
    if (object === undefined) return answerError(response, 404, "NoSuchKey");
    const disposition = query.get("response-content-disposition");
    response.writeHead(200, {
      "content-length": object.length,
      "content-type": query.get("response-content-type") ?? "binary/octet-stream",
      etag: etagOf(object),
      ...(disposition !== null && { "content-disposition": disposition }),
    });
    response.end(request.method === "HEAD" ? undefined : object);
  }

  /** In pages of two, so that whoever reads one page alone is found out. */
  #listUploads(response: ServerResponse, bucket: string, query: URLSearchParams): void {
    const after = query.get("key-marker") ?? "";
    const all = [...this.uploads]
      .map(([id, { key, initiated }]) => ({
        id,
        initiated,
        key: key.replace(`${bucket.replace(/\/$/, "")}/`, ""),
      }))
      .filter(({ key }) => key.startsWith(query.get("prefix") ?? "") && key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = all.slice(0, PAGE);
    const shown = page.map(
      ({ id, key, initiated }) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
    );
    answerXml(
      response,
      "ListMultipartUploadsResult",
      `<IsTruncated>${page.length < all.length}</IsTruncated><NextKeyMarker>${page.at(-1)?.key ?? ""}</NextKeyMarker>
       <NextUploadIdMarker>${page.at(-1)?.id ?? ""}</NextUploadIdMarker>${shown.join("")}`,
    );
  }
}

/** By a header or, with a time limit, in the address. The signature itself is not computed again. */
function isSigned({ headers }: IncomingMessage, { searchParams }: URL): boolean {
  if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=")) return true;
  const [date, expires] = [searchParams.get("X-Amz-Date"), searchParams.get("X-Amz-Expires")];
  if (date === null || expires === null || !searchParams.has("X-Amz-Signature")) return false;
  const signedAt = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  return Date.now() < signedAt + 1000 * Number(expires);
}

const etagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;

function answerXml(response: ServerResponse, name: string, content: string): void {
  response.writeHead(200, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${name}>${content}</${name}>`);
}

function answerError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  );
}
