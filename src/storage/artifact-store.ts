import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { DomainError } from "../errors.js";

/** Immutable files, addressed by what is in them: the name of a file is the SHA-256 of its bytes. */
export interface ArtifactStore {
  /**
   * Stores what `source` brings, if its SHA-256 is the one announced; otherwise nothing stays. Storing what is
   * there already is no error, and then `source` may be left unread: it stays the caller's in every case.
   * To end a write early, destroy `source`.
   *
   * @throws ArtifactTooLargeError if `source` brings more than `maxBytes`
   * @throws DomainError BAD_USER_INPUT (other digest, source ended early), RESOURCE_EXHAUSTED (storage is full)
   */
  write(sha256: string, source: Readable, limits: WriteLimits): Promise<WrittenArtifact>;
  has(sha256: string): Promise<boolean>;
  /** In bytes; undefined if there is no such artifact. */
  sizeOf(sha256: string): Promise<number | undefined>;
  /** @throws DomainError NOT_FOUND */
  open(sha256: string): Promise<Readable>;
  /**
   * A file on this machine that holds the artifact, for readers that want a file (ONNX Runtime, archives).
   * Read-only by agreement, and valid until the artifact is deleted.
   *
   * @throws DomainError NOT_FOUND
   */
  path(sha256: string): Promise<string>;
  /**
   * The whole artifact in memory, with its digest checked once more.
   *
   * @throws DomainError NOT_FOUND; Error if the stored bytes have changed since they were written
   */
  read(sha256: string): Promise<Uint8Array>;
  /**
   * An address where whoever has it can read the artifact for a few minutes, without a key of ours; undefined where
   * the store has none and the bytes must go through us.
   */
  downloadUrl(sha256: string): Promise<string | undefined>;
  /** Deleting what is not there is no error. */
  delete(sha256: string): Promise<void>;
  /** Removes what killed processes left half written; called once at start. Returns how many files went. */
  sweepTemporary(): Promise<number>;
}

export interface WriteLimits {
  readonly maxBytes: number;
}

export interface WrittenArtifact {
  readonly sizeBytes: number;
  /** False if the artifact was there before. */
  readonly created: boolean;
}

/** A class of its own, for HTTP answers it with its own status (413). */
export class ArtifactTooLargeError extends DomainError {
  constructor(maxBytes: number) {
    super("BAD_USER_INPUT", `artifact is larger than the limit of ${maxBytes} bytes`);
  }
}

/** What passes has no dot, slash or zero byte in it and may become part of a path or of a bucket's key. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * The door for every digest that comes from outside.
 *
 * @throws DomainError BAD_USER_INPUT
 */
export function assertSha256(sha256: string): void {
  if (isSha256(sha256)) return;
  const shown = JSON.stringify(sha256.length > 80 ? `${sha256.slice(0, 80)}...` : sha256);
  throw new DomainError(
    "BAD_USER_INPUT",
    `artifact: sha256 must be 64 lower-case hexadecimal digits, got ${shown}`,
  );
}

/** What a store says of an artifact that it does not have. */
export function artifactNotFound(sha256: string): DomainError {
  return new DomainError("NOT_FOUND", `artifact ${sha256} is not stored here`);
}

/** @throws Error if stored bytes are not those that were written */
export function requireIntact(sha256: string, bytes: Uint8Array): void {
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (digest !== sha256) throw new Error(`artifact ${sha256} is damaged: its bytes have digest ${digest}`);
}
