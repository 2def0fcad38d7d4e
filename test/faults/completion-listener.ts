import { createClient } from "graphql-ws";
import { WebSocket } from "ws";

import { fromGlobalId } from "../../src/schema/global-id.js";

const RETRY_MS = 200;

/** What one connection told of the ends of re-rankings. */
export interface HeardConnection {
  readonly heard: readonly string[];
  /** Whether it stayed until the listener was stopped. */
  readonly isWhole: boolean;
}

/** Subscribes to `rerankCompleted`; after a lost connection anew, on a connection of its own. */
export class CompletionListener {
  readonly #connections: { heard: string[]; isWhole: boolean }[] = [];
  #stopped = false;

  constructor(private readonly address: string) {
    void this.#listen();
  }

  stop(): HeardConnection[] {
    this.#stopped = true;
    return this.#connections;
  }

  async #listen(): Promise<void> {
    while (!this.#stopped) {
      const connection = { heard: [] as string[], isWhole: true };
      const client = createClient({
        url: `${this.address.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      });
      this.#connections.push(connection);
      try {
        const ends = client.iterate<{ rerankCompleted: { id: string } }>({
          query: `subscription { rerankCompleted { id } }`,
        });
        for await (const { data } of ends) {
          if (this.#stopped) return;
          connection.heard.push(fromGlobalId(data!.rerankCompleted.id)!.key);
        }
      } catch {
        // The server was killed, or is not back yet.
      }
      if (this.#stopped) return;
      connection.isWhole = false;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
