import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PREFIX_BYTES, decodePrefix, encodeHeader } from "./frames.js";
import type { Request } from "./frames.js";
import { ModelFailure } from "./model-failure.js";
import { residentMemory } from "./resident-memory.js";
import { SandboxLost } from "./sandbox-lost.js";
import { type ChildEnd, type ChildOrder, startChild, type StartedChild } from "./start-child.js";

const MEMORY_WATCH_MILLISECONDS = 100;

/** A header names a few outputs. */
const MAXIMUM_HEADER_BYTES = 64 * 1024;

/** What the parent makes of an answer's header before it takes a byte of the body. */
export interface ExpectedAnswer<T> {
  readonly value: T;
  readonly bodyBytes: number;
}

export interface Question<T> {
  readonly request: Request;
  readonly body: Uint8Array;
  readonly deadlineSeconds: number;
  /** Judges the untrusted header; a ModelFailure it throws ends the process. */
  readonly judge: (header: unknown) => ExpectedAnswer<T>;
  readonly signal?: AbortSignal | undefined;
}

/** Starts a child somewhere. */
export type Launch = (order: ChildOrder) => StartedChild | Promise<StartedChild>;

interface Pending {
  readonly judge: (header: unknown) => ExpectedAnswer<unknown>;
  readonly resolve: (answer: { value: unknown; body: Buffer }) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One child process with an empty environment, an empty working directory of its own, a memory limit and a deadline
 * for each question; it dies with SIGKILL at the first offence, and by itself when this process is gone.
 * The memory limit is RLIMIT_DATA on Linux and, everywhere, a watch over the resident memory.
 */
export class SandboxProcess {
  readonly #ended: Promise<void>;
  readonly #answer = new AnswerBuffer();
  #pending: Pending | undefined;
  #failure: unknown;

  /**
   * @param script a module that speaks frames.ts on file descriptor 3
   * @param launch starts it: as a child of this process, or of one that has less to copy (SandboxLauncher)
   */
  static async start(script: URL, memoryBytes: number, launch: Launch = startChild): Promise<SandboxProcess> {
    const directory = await mkdtemp(join(tmpdir(), "orbweaver-sandbox-"));
    const child = await launch({ script: fileURLToPath(script), memoryBytes, directory });
    return new SandboxProcess(child, memoryBytes, directory);
  }

  private constructor(
    private readonly child: StartedChild,
    private readonly memoryBytes: number,
    directory: string,
  ) {
    child.pipe?.on("data", (chunk: Buffer) => this.#receive(chunk));
    child.pipe?.on("error", () => undefined); // a broken pipe is told by the exit
    const watch = setInterval(() => void this.#watchMemory(), MEMORY_WATCH_MILLISECONDS).unref();
    this.#ended = child.ended.then(async (end) => {
      clearInterval(watch);
      this.#fail(explainEnd(end));
      child.pipe?.destroy();
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
    });
  }

  /** Whether it has neither failed nor been closed. */
  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /**
   * Sends a request and waits for its answer; one at a time.
   *
   * @throws ModelFailure if the process fails, now or before; the signal's reason if it is aborted. Both end the process.
   */
  async ask<T>({
    request,
    body,
    deadlineSeconds,
    judge,
    signal,
  }: Question<T>): Promise<{ value: T; body: Buffer }> {
    if (this.#pending !== undefined) throw new RangeError("sandbox: one question at a time");
    if (this.#failure !== undefined) throw this.#failure;
    signal?.throwIfAborted();
    const abort = (): void => this.#kill(signal?.reason);
    const timer = setTimeout(() => {
      this.#kill(new ModelFailure("MODEL_TIMEOUT", `the model took longer than ${deadlineSeconds} s`));
    }, deadlineSeconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const answer = await new Promise<{ value: unknown; body: Buffer }>((resolve, reject) => {
        this.#pending = { judge, resolve, reject };
        this.child.pipe?.write(encodeHeader(request, body.byteLength));
        this.child.pipe?.write(body);
      });
      return answer as { value: T; body: Buffer };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * Ends the process, whatever it does, and removes its working directory.
   *
   * @param reason what a question under way and later ones fail with
   */
  async close(reason = new ModelFailure("MODEL_CRASHED", "the sandbox was closed")): Promise<void> {
    this.#kill(reason);
    await this.#ended;
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    const pending = this.#pending;
    try {
      if (pending === undefined)
        throw new ModelFailure("MODEL_CRASHED", "the model's process spoke without being asked");
      const answer = this.#answer.add(chunk, pending.judge);
      if (answer === undefined) return;
      this.#pending = undefined;
      pending.resolve(answer);
    } catch (error) {
      this.#kill(error);
    }
  }

  async #watchMemory(): Promise<void> {
    const { pid } = this.child;
    const held = pid === undefined ? undefined : await residentMemory(pid);
    if (held !== undefined && held > this.memoryBytes) this.#kill(outOfMemory());
  }

  #kill(reason: unknown): void {
    this.#fail(reason);
    this.child.kill();
  }

  /** The first reason counts: a kill for a timeout is no crash. */
  #fail(reason: unknown): void {
    this.#failure ??= reason;
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}

/** Gathers one answer; nothing is reserved for a body before its header was judged. */
class AnswerBuffer {
  #prefixAndHeader = Buffer.alloc(0);
  #expected: ExpectedAnswer<unknown> | undefined;
  #body = Buffer.alloc(0);
  #filled = 0;

  /** @returns the answer once it is whole */
  add(chunk: Buffer, judge: Pending["judge"]): { value: unknown; body: Buffer } | undefined {
    let rest = chunk;
    if (this.#expected === undefined) {
      this.#prefixAndHeader = Buffer.concat([this.#prefixAndHeader, rest]);
      if (this.#prefixAndHeader.length < PREFIX_BYTES) return undefined;
      const lengths = decodePrefix(this.#prefixAndHeader);
      if (lengths === undefined || lengths.headerBytes > MAXIMUM_HEADER_BYTES)
        throw brokenProtocol("its answer");
      const headerEnd = PREFIX_BYTES + lengths.headerBytes;
      if (this.#prefixAndHeader.length < headerEnd) return undefined;
      this.#expected = judge(parseHeader(this.#prefixAndHeader.subarray(PREFIX_BYTES, headerEnd)));
      if (lengths.bodyBytes !== this.#expected.bodyBytes) throw brokenProtocol("the length of its answer");
      rest = this.#prefixAndHeader.subarray(headerEnd);
      this.#prefixAndHeader = Buffer.alloc(0);
      this.#body = Buffer.allocUnsafeSlow(lengths.bodyBytes);
      this.#filled = 0;
    }
    if (rest.length > this.#body.length - this.#filled) throw brokenProtocol("more than its answer");
    rest.copy(this.#body, this.#filled);
    this.#filled += rest.length;
    if (this.#filled < this.#body.length) return undefined;
    const { value } = this.#expected;
    this.#expected = undefined;
    return { value, body: this.#body };
  }
}

function parseHeader(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    throw brokenProtocol("the header of its answer");
  }
}

function explainEnd({ code, signal, lastWords, notStarted, isLost }: ChildEnd): Error {
  if (isLost) return new SandboxLost();
  if (notStarted !== undefined) {
    return new ModelFailure("MODEL_CRASHED", `the sandbox could not start: ${notStarted}`);
  }
  // This process kills with a reason of its own, which counts first: any other SIGKILL is the kernel's.
  if (signal === "SIGKILL" || isAboutMemory(lastWords)) return outOfMemory();
  return new ModelFailure("MODEL_CRASHED", `the model's process ended with ${signal ?? `code ${code}`}`);
}

/** Whether words of ONNX Runtime, V8 or the C++ runtime tell of a failed allocation. */
export function isAboutMemory(words: string): boolean {
  return /bad[ _]alloc|failed to allocate|allocation failed|out of memory|cannot allocate memory/i.test(
    words,
  );
}

export function outOfMemory(): ModelFailure {
  return new ModelFailure("MODEL_OUT_OF_MEMORY", "the model needs more memory than it may use");
}

function brokenProtocol(what: string): ModelFailure {
  return new ModelFailure("MODEL_CRASHED", `the model's process broke the protocol with ${what}`);
}
