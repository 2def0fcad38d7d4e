import type { Readable } from "node:stream";

import type { DocumentTypeDecoration } from "@graphql-typed-document-node/core";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";

import {
  getArtifact,
  putArtifact,
  type Upload,
  uploadOfBytes,
  uploadOfFile,
  type UploadProgress,
} from "./artifacts.js";
import { type JobPartsFragment, JobUpdatedDocument } from "./generated/graphql.js";
import { fromWire, OrbError, unreachable } from "./orb-error.js";

export interface OrbClientOptions {
  /** Where the server is, such as "http://127.0.0.1:4000". */
  readonly server: string;
  /** An access key; without one, none is sent. */
  readonly key?: string | undefined;
}

/** A query, mutation or subscription with the types of its variables and of its answer. */
export type Document<Data, Variables> = DocumentTypeDecoration<Data, Variables> & { toString(): string };

/** GraphQL over HTTP may answer with data, errors or both. */
interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: Parameters<typeof fromWire>[0];
}

/** Closed by the server for a wrong or revoked key. */
const FORBIDDEN_CLOSE = 4403;

/** Speaks to one Orbweaver server. Close it when subscriptions were used: their socket keeps a program alive. */
export class OrbClient {
  readonly server: string;
  readonly #headers: Readonly<Record<string, string>>;
  #sockets: Client | undefined;

  /** @throws OrbError BAD_USER_INPUT */
  constructor({ server, key }: OrbClientOptions) {
    if (!/^https?:\/\/[^/]/.test(server)) {
      throw new OrbError("BAD_USER_INPUT", `The server must be an http or https address, got "${server}".`);
    }
    this.server = server.replace(/\/+$/, "");
    this.#headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  }

  /**
   * Asks one query or mutation. Mutations are safe to repeat; a refused one answers with `userErrors`, see `made`.
   *
   * @throws OrbError with the server's code, or UNAVAILABLE if there is no server
   */
  async ask<Data, Variables extends object>(
    document: Document<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data> {
    const response = await fetch(`${this.server}/graphql`, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json" },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(signal && { signal }),
    }).catch((cause: unknown) => {
      throw signal?.aborted ? cause : unreachable(this.server, cause);
    });
    const answer = await readAnswer<Data>(response, this.server);
    if (answer.errors !== undefined) throw fromWire(answer.errors);
    return answer.data!;
  }

  /**
   * Follows a subscription: the state now, then after every change. A lost connection is made anew, and the state then
   * comes again, so that nothing is missed. Leaving the loop ends the subscription.
   *
   * @throws OrbError
   */
  async *watch<Data, Variables extends object>(
    document: Document<Data, Variables>,
    variables: Variables,
  ): AsyncGenerator<Data> {
    this.#sockets ??= createClient({
      url: `${this.server.replace(/^http/, "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.#headers,
      retryAttempts: 10,
    });
    const events = this.#sockets.iterate<Data>({
      query: document.toString(),
      variables: variables as Record<string, unknown>,
    });
    try {
      for await (const { data, errors } of events) {
        if (errors) throw fromWire(errors);
        if (data) yield data;
      }
    } catch (error) {
      throw this.#fromSocket(error);
    }
  }

  /**
   * Waits for a job.
   *
   * @param onProgress told of every change
   * @throws OrbError FAILED_PRECONDITION with the job's own words if it ends otherwise than COMPLETED
   */
  async jobDone(jobId: string, onProgress?: (job: JobPartsFragment) => void): Promise<JobPartsFragment> {
    for await (const { jobUpdated: job } of this.watch(JobUpdatedDocument, { jobId })) {
      onProgress?.(job);
      if (job.state === "COMPLETED") return job;
      if (job.state === "FAILED" || job.state === "CANCELLED") {
        throw new OrbError(
          "FAILED_PRECONDITION",
          job.errorMessage ?? `The job was ${job.state.toLowerCase()}.`,
        );
      }
    }
    throw new OrbError("UNAVAILABLE", "The server ended the subscription before the job was over.");
  }

  /** Uploads bytes. @returns their digest, by which mutations name them */
  async upload(bytes: Uint8Array, onProgress?: UploadProgress): Promise<string> {
    return this.#put(uploadOfBytes(bytes), onProgress);
  }

  /** Uploads a file of any size; what the server holds already is not sent. @returns its digest */
  async uploadFile(path: string, onProgress?: UploadProgress): Promise<string> {
    return this.#put(await uploadOfFile(path), onProgress);
  }

  /** A file of the server; its digest is checked at the end of the stream. */
  async download(sha256: string): Promise<Readable> {
    return getArtifact(this.server, this.#headers, sha256);
  }

  /** Ends subscriptions and their socket. */
  async close(): Promise<void> {
    await this.#sockets?.dispose();
    this.#sockets = undefined;
  }

  async #put(upload: Upload, onProgress: UploadProgress | undefined): Promise<string> {
    await putArtifact(this.server, this.#headers, upload, onProgress);
    return upload.sha256;
  }

  /** What graphql-ws throws: the operation's errors, the socket's end, or a failed connection. */
  #fromSocket(error: unknown): OrbError {
    if (error instanceof OrbError) return error;
    if (Array.isArray(error)) return fromWire(error as Parameters<typeof fromWire>[0]);
    const { code, reason } = error as { code?: number; reason?: string };
    if (code === FORBIDDEN_CLOSE)
      return new OrbError("UNAUTHENTICATED", reason || "The access key was refused.");
    return unreachable(
      this.server,
      error instanceof Error ? error : new Error(reason || "the socket closed"),
    );
  }
}

/** A proxy in between may answer with a page of its own. */
async function readAnswer<Data>(response: Response, server: string): Promise<GraphqlAnswer<Data>> {
  const text = await response.text();
  try {
    return JSON.parse(text) as GraphqlAnswer<Data>;
  } catch (cause) {
    throw new OrbError(
      "UNAVAILABLE",
      `${server} answered ${response.status} without JSON: is it an Orbweaver server?`,
      {
        cause,
      },
    );
  }
}
