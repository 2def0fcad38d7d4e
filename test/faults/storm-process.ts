import { freePort, OrbProcess } from "../support/orb-process.js";

/** One process of a deployment of several, killed and started again as often as one likes. */
export class StormProcess {
  #process: OrbProcess | undefined;
  #isUp = false;

  private constructor(
    readonly role: "api" | "worker",
    private readonly home: string,
    private readonly port: number,
  ) {}

  /** Two that answer the API and three that work. */
  static async startAll(home: string): Promise<StormProcess[]> {
    const processes: StormProcess[] = [];
    for (const role of ["api", "api", "worker", "worker", "worker"] as const) {
      const one = new StormProcess(role, home, await freePort());
      await one.#launch();
      processes.push(one);
    }
    return processes;
  }

  get address(): string | undefined {
    return this.role === "api" ? `http://127.0.0.1:${this.port}` : undefined;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async killAndLaunch(): Promise<void> {
    this.#isUp = false;
    this.#process?.kill("SIGKILL");
    await this.#process?.ended;
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGTERM");
    await this.#process?.ended;
  }

  /** A start may meet a database that was killed a moment ago; whoever runs it starts it again, as a supervisor would. */
  async #launch(): Promise<void> {
    const command = this.role === "api" ? ["serve", "--roles", "api"] : ["worker", "--concurrency", "2"];
    for (;;) {
      const launched = new OrbProcess(command, {
        ORB_HOME: this.home,
        ORB_PORT: String(this.port),
        ORB_AUTH: "off",
        ORB_LOG_LEVEL: "error",
        ORB_SANDBOX_SPARES: "0",
      });
      this.#process = launched;
      this.#isUp = await launched.says(/answers at|works on/).then(
        () => true,
        () => false,
      );
      if (this.#isUp) return;
    }
  }
}
