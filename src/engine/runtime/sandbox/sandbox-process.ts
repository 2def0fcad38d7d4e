import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";

import { PREFIX_BYTES, decodePrefix, encodeHeader } from "./frames.js";
import type { Request } from "./frames.js";
import { ModelFailure } from "./model-failure.js";
import { residentMemory } from "./resident-memory.js";

const MEMORY_WATCH_MILLISECONDS = 100;

/** V8's own heap in the child; models and tensors live outside it. */
const HEAP_MEGABYTES = 128;

/** Of the child's standard error only the end is kept: enough for the last words of a crash. */
const KEPT_LAST_WORDS = 4096;

/** A header names a few outputs. */
const MAXIMUM_HEADER_BYTES = 64 * 1024;

/**
 * Sets the limits, then becomes node. RLIMIT_DATA stops allocations before they hurt the machine; no core dumps; no
 * byte written to any file. `ulimit -d` of every sh counts in kibibytes. A shell exports PWD and the like: env drops them.
 */
const WITH_LIMITS = 'ulimit -d "$0" && ulimit -c 0 && ulimit -f 0 && exec /usr/bin/env -i "$@"';

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
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #ended: Promise<void>;
  readonly #answer = new AnswerBuffer();
  #pending: Pending | undefined;
  #failure: unknown;
  #lastWords = "";

  /** @param script a module that speaks frames.ts on file descriptor 3 */
  static async start(script: URL, memoryBytes: number): Promise<SandboxProcess> {
    return new SandboxProcess(script, memoryBytes, await mkdtemp(join(tmpdir(), "orbweaver-sandbox-")));
  }

  private constructor(
    script: URL,
    private readonly memoryBytes: number,
    directory: string,
  ) {
    const node = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, fileURLToPath(script)] as const;
    const limited = ["/bin/sh", "-c", WITH_LIMITS, String(Math.floor(memoryBytes / 1024)), ...node] as const;
    const [command, ...commandArguments] = process.platform === "linux" ? limited : node;
    this.#child = spawn(command, commandArguments, {
      cwd: directory,
      env: {},
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      detached: true, // Ctrl-C in the parent's terminal must not look like a crash of the model
    });
    this.#pipe = this.#child.stdio[3] as Duplex;
    this.#pipe.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#pipe.on("error", () => undefined); // a broken pipe is told by the exit
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-KEPT_LAST_WORDS);
    });
    const watch = setInterval(() => void this.#watchMemory(), MEMORY_WATCH_MILLISECONDS).unref();
    this.#ended = new Promise((resolve) => {
      const end = (failure: ModelFailure): void => {
        clearInterval(watch);
        this.#fail(failure);
        rm(directory, { recursive: true, force: true }).then(resolve, () => resolve());
      };
      this.#child.once("error", (error) =>
        end(new ModelFailure("MODEL_CRASHED", `the sandbox could not start: ${error.message}`)),
      );
      // "close" and not "exit": by then standard error was read to its end.
      this.#child.once("close", (code, signal) => end(explainExit(code, signal, this.#lastWords)));
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
        this.#pipe.write(encodeHeader(request, body.byteLength));
        this.#pipe.write(body);
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
    const { pid } = this.#child;
    const held = pid === undefined ? undefined : await residentMemory(pid);
    if (held !== undefined && held > this.memoryBytes) this.#kill(outOfMemory());
  }

  #kill(reason: unknown): void {
    this.#fail(reason);
    this.#child.kill("SIGKILL");
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

function explainExit(code: number | null, signal: NodeJS.Signals | null, lastWords: string): ModelFailure {
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
