import { Readable } from "node:stream";

import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { DomainError } from "../errors.js";
import type { ArtifactCache } from "./artifact-cache.js";
import {
  artifactNotFound,
  type ArtifactStore,
  assertSha256,
  requireIntact,
  type WriteLimits,
  type WrittenArtifact,
} from "./artifact-store.js";
import { verifiedChunks } from "./verified-chunks.js";

export interface S3Location {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  /** Of an S3-compatible service; absent for AWS itself. */
  readonly endpoint?: string | undefined;
}

const MEBIBYTE = 1024 * 1024;
/** Each upload holds so much, times the parts that are under way. */
const SMALLEST_PART = 8 * MEBIBYTE;
const PARTS_UNDER_WAY = 2;
/** S3 takes no more parts of one object. */
const MOST_PARTS = 10_000;
const LINK_SECONDS = 300;
/** An upload that nobody has finished in a day is one that nobody will. */
const LEFTOVER_AGE_MS = 24 * 3600 * 1000;

/**
 * Artifacts as objects `<prefix><sha256>` of a bucket, for processes on many machines. An object appears whole or not at
 * all: its parts are put together after the last byte was hashed, and dropped otherwise. Credentials and region come from
 * where the AWS SDK looks for them.
 */
export class S3Store implements ArtifactStore {
  readonly #client: S3Client;

  constructor(
    private readonly location: S3Location,
    private readonly cache: ArtifactCache,
  ) {
    const { endpoint } = location;
    // Services other than AWS rarely have a host name for each bucket.
    this.#client = new S3Client(endpoint === undefined ? {} : { endpoint, forcePathStyle: true });
  }

  async write(sha256: string, source: Readable, { maxBytes }: WriteLimits): Promise<WrittenArtifact> {
    const present = await this.sizeOf(sha256);
    if (present !== undefined) return { sizeBytes: present, created: false };
    let sizeBytes = 0;
    let refusal: unknown;
    const counted = async function* (): AsyncGenerator<Buffer> {
      try {
        for await (const chunk of verifiedChunks(sha256, source, maxBytes)) {
          sizeBytes += chunk.byteLength;
          yield chunk;
        }
      } catch (error) {
        refusal = error;
        throw error;
      }
    };
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#object(sha256), Body: Readable.from(counted(), { objectMode: false }) },
      partSize: Math.max(SMALLEST_PART, Math.ceil(Math.min(maxBytes, Number.MAX_SAFE_INTEGER) / MOST_PARTS)),
      queueSize: PARTS_UNDER_WAY,
      leavePartsOnError: false,
    });
    // What is wrong with the bytes counts, also where dropping their parts failed too.
    await this.#asking(upload.done()).catch((error: unknown) => Promise.reject(refusal ?? error));
    return { sizeBytes, created: true };
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.sizeOf(sha256)) !== undefined;
  }

  async sizeOf(sha256: string): Promise<number | undefined> {
    const head = await this.#found(this.#client.send(new HeadObjectCommand(this.#object(sha256))));
    return head?.ContentLength;
  }

  async open(sha256: string): Promise<Readable> {
    const object = await this.#found(this.#client.send(new GetObjectCommand(this.#object(sha256))));
    if (object === undefined) throw artifactNotFound(sha256);
    return object.Body as Readable;
  }

  async path(sha256: string): Promise<string> {
    assertSha256(sha256);
    return this.cache.path(sha256, () => this.open(sha256));
  }

  async read(sha256: string): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.open(sha256)) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    requireIntact(sha256, bytes);
    return bytes;
  }

  async downloadUrl(sha256: string): Promise<string> {
    const command = new GetObjectCommand({
      ...this.#object(sha256),
      // What users upload must never run as a page, wherever it comes from.
      ResponseContentDisposition: `attachment; filename="${sha256}"`,
      ResponseContentType: "application/octet-stream",
    });
    return getSignedUrl(this.#client, command, { expiresIn: LINK_SECONDS });
  }

  async delete(sha256: string): Promise<void> {
    await this.#asking(this.#client.send(new DeleteObjectCommand(this.#object(sha256))));
    await this.cache.delete(sha256);
  }

  /** Also the first word with the bucket, so that a wrong name or key shows when a process starts. */
  async sweepTemporary(): Promise<number> {
    const { bucket: Bucket, prefix: Prefix } = this.location;
    let removed = await this.cache.sweepTemporary();
    let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (after !== undefined) {
      const page: ListMultipartUploadsCommandOutput = await this.#asking(
        this.#client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...after })),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Date.now() - (Initiated?.getTime() ?? Date.now()) < LEFTOVER_AGE_MS) continue;
        await this.#asking(this.#client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
        removed++;
      }
      const { IsTruncated, NextKeyMarker = "", NextUploadIdMarker = "" } = page;
      after = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
    }
    return removed;
  }

  close(): void {
    this.#client.destroy();
  }

  #object(sha256: string): { Bucket: string; Key: string } {
    assertSha256(sha256);
    return { Bucket: this.location.bucket, Key: `${this.location.prefix}${sha256}` };
  }

  /** Undefined where there is no such object. */
  async #found<Answer>(asking: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await asking;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw whoseFault(error);
    }
  }

  async #asking<Answer>(asking: Promise<Answer>): Promise<Answer> {
    try {
      return await asking;
    } catch (error) {
      throw whoseFault(error);
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** A service that is away or overloaded may be back in a moment; what it refuses is a fault of ours or of its settings. */
function whoseFault(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const status = statusOf(error);
  const isAway =
    status === undefined ? "code" in (error as object) : status === 429 || (status >= 500 && status !== 501);
  if (!isAway) return error;
  return new DomainError("UNAVAILABLE", "The artifact store did not answer; try again in a moment.", {
    cause: error,
  });
}
