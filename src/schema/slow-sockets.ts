import type { WebSocket } from "ws";

/** Close code: that of HTTP for too much, as the protocol forms its own. */
const TOO_MUCH_WAITS = 4413;
/** What a close frame holds is 123 bytes at most. */
const HINT =
  "You read too slowly. Read on, then subscribe anew: the first event is the state of that moment.";
const MOST_WAITING_BYTES = 1024 * 1024;
const LOOK_MS = 500;
/** Longer than any client that reads at all needs for a MiB. */
const PATIENCE_MS = 5_000;

/**
 * Bounds what waits in memory for clients that do not read. A subscription never has more than one event waiting: it reads
 * its next state when that one was sent. What else a client can make us say (answers, refusals, pongs) waits too, so a
 * socket with more than a MiB waiting is not listened to until it has read, and is closed if it does not.
 */
export class SlowSockets {
  /** Since when too much waits for them. */
  readonly #since = new Map<WebSocket, number | undefined>();
  readonly #looking = setInterval(() => this.#look(), LOOK_MS);

  /** @param onClosed told of every socket that had to be closed */
  constructor(private readonly onClosed: () => void) {}

  watch(socket: WebSocket): void {
    this.#since.set(socket, undefined);
    socket.once("close", () => this.#since.delete(socket));
    const holdBack = (): void => {
      if (socket.bufferedAmount <= MOST_WAITING_BYTES) return;
      socket.pause();
      this.#since.set(socket, this.#since.get(socket) ?? performance.now());
    };
    socket.on("message", holdBack);
    socket.on("ping", holdBack);
  }

  /** What waits for all of them, in bytes. */
  get waitingBytes(): number {
    return [...this.#since.keys()].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
  }

  close(): void {
    clearInterval(this.#looking);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, since] of this.#since) {
      if (socket.readyState !== socket.OPEN) continue;
      if (socket.bufferedAmount <= MOST_WAITING_BYTES) {
        this.#since.set(socket, undefined);
        if (socket.isPaused) socket.resume();
      } else if (since === undefined) {
        this.#since.set(socket, now);
      } else if (now - since > PATIENCE_MS) {
        socket.removeAllListeners("message"); // what it still sends is read for its answer to the close alone
        socket.close(TOO_MUCH_WAITS, HINT); // without an answer, ws ends the connection in half a minute
        socket.resume();
        this.onClosed();
      }
    }
  }
}
