import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { readPostmasterFile } from "../../src/database/postmaster-file.js";
import { freePort, OrbProcess } from "../support/orb-process.js";

/** `orb serve` at one address, killed and started again as often as one likes. */
export class MortalServer {
  #process: OrbProcess | undefined;

  private constructor(
    private readonly home: string,
    private readonly port: number,
  ) {}

  static async start(home: string): Promise<MortalServer> {
    const server = new MortalServer(home, await freePort());
    server.launch();
    await server.up();
    return server;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  launch(): void {
    this.#process = new OrbProcess(["serve"], {
      ORB_HOME: this.home,
      ORB_PORT: String(this.port),
      ORB_AUTH: "off",
      ORB_LOG_LEVEL: "error",
    });
  }

  async up(): Promise<void> {
    await this.#process?.says(/answers at/);
  }

  /** What it wrote since its last start. */
  get log(): string {
    return this.#process?.stderr ?? "";
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.ended;
  }

  /** kill -9 of the embedded PostgreSQL alone; waits until there is another (the killed one's children answer on for a moment). */
  async killPostgres(): Promise<void> {
    const look = async () => readPostmasterFile(join(this.home, "postgres", "cluster"));
    const killed = await look();
    if (killed?.mark === undefined) throw new Error("There is no PostgreSQL to kill.");
    process.kill(killed.pid, "SIGKILL");
    for (;;) {
      const now = await look();
      if (now?.mark !== undefined && now.mark !== killed.mark && now.status === "ready") return;
      await delay(10);
    }
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGTERM");
    const ended = await this.#process?.ended;
    if (ended?.code !== 0) throw new Error(`orb serve ended with ${JSON.stringify(ended)}: ${this.log}`);
  }

  /** Asks /livez until told to stop. @returns how many answers were not 200 */
  async watchLife(signal: AbortSignal): Promise<number> {
    let missed = 0;
    while (!signal.aborted) {
      const status = await fetch(`${this.address}/livez`).then(
        (response) => response.status,
        () => 0,
      );
      if (status !== 200) missed += 1;
      await delay(50);
    }
    return missed;
  }
}
