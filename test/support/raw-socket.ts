import assert from "node:assert/strict";
import { once } from "node:events";
import { after } from "node:test";

import { type ClientOptions, WebSocket } from "ws";

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface PayloadError {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly requestId: string };
}

/** A socket spoken to message by message. */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly #received: Message[] = [];
  #waiting: ((message: Message) => void) | undefined;
  /** Close code and reason. */
  readonly closed: Promise<[number, string]>;

  /** @param address of the API, ws://... */
  constructor(address: string, options: ClientOptions = {}) {
    this.#socket = new WebSocket(address, "graphql-transport-ws", options);
    this.#socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (this.#waiting) this.#waiting(message);
      else this.#received.push(message);
      this.#waiting = undefined;
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("close", (code, reason) => resolve([code, reason.toString()]));
      this.#socket.on("error", () => undefined); // a close follows
    });
    after(() => this.#socket.terminate());
  }

  static async initialised(
    address: string,
    parameters: object = {},
    options: ClientOptions = {},
  ): Promise<RawSocket> {
    const socket = await new RawSocket(address, options).opened();
    socket.send({ type: "connection_init", payload: parameters });
    assert.equal((await socket.next()).type, "connection_ack");
    return socket;
  }

  async opened(): Promise<this> {
    await once(this.#socket, "open");
    return this;
  }

  send(message: object | string | Buffer): void {
    const isRaw = typeof message === "string" || Buffer.isBuffer(message);
    this.#socket.send(isRaw ? message : JSON.stringify(message));
  }

  close(): void {
    this.#socket.close();
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: "subscribe", payload: { query, variables } });
  }

  async next(): Promise<Message> {
    const message = this.#received.shift();
    return message ?? (await new Promise((resolve) => (this.#waiting = resolve)));
  }

  /** The errors of the next message, be they the operation's or a result's. */
  async nextErrors(): Promise<readonly PayloadError[]> {
    const { type, payload } = await this.next();
    assert.ok(type === "error" || type === "next", type);
    const errors = type === "error" ? payload : (payload as { errors?: unknown }).errors;
    assert.ok(Array.isArray(errors), JSON.stringify(payload));
    return errors as PayloadError[];
  }
}
