import type { ChangeWatch } from "../../database/change-feed.js";
import { DomainError } from "../../errors.js";

const RETRY_MS = 1_000;
/** A database that is away for longer than this many seconds ends the stream. */
const MOST_RETRIES = 60;

export interface StreamedState<State> {
  readonly state: State;
  /** What comes after it: nothing, perhaps more at once, or more when something changes. */
  readonly afterwards: "end" | "look again" | "wait";
}

/**
 * A state that is read anew whenever it may have changed, for as long as somebody pulls. Between two pulls nothing is read
 * or kept, so a slow consumer skips states and gets the newest. Not an async generator: those cannot be ended while they
 * wait.
 */
export class StateStream<State> implements AsyncIterableIterator<State> {
  #ended = false;

  /** @param read gives the state if it is not the one given last, `undefined` if it is, `"gone"` if there is none any more */
  constructor(
    private readonly watch: ChangeWatch,
    private readonly read: () => Promise<StreamedState<State> | "gone" | undefined>,
  ) {}

  async next(): Promise<IteratorResult<State, undefined>> {
    while (!this.#ended && (await this.watch.next())) {
      const found = await this.#readWhileAway();
      if (found === undefined) continue;
      if (found === "gone") break;
      if (found.afterwards === "end") this.#end();
      if (found.afterwards === "look again") this.watch.mark();
      return { done: false, value: found.state };
    }
    return this.return();
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#ended = true;
    this.watch.close();
  }

  /** A database that restarts must not end every subscription. */
  async #readWhileAway(): Promise<StreamedState<State> | "gone" | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.read();
      } catch (error) {
        if (error instanceof DomainError || tries > MOST_RETRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        if (this.#ended) return undefined;
      }
    }
  }
}
