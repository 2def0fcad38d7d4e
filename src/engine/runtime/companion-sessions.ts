import type { Matrix } from "../matrix.js";
import type { Companion } from "../spider/spider.js";
import { ZooSessions } from "./zoo-sessions.js";

/** The companions of a spider made ready for ranking the PTMs that they know. */
export class CompanionSessions {
  private constructor(private readonly zoos: readonly ZooSessions[]) {}

  /** @throws RangeError if a token's own products leave the range of float32 */
  static async open(companions: readonly Companion[]): Promise<CompanionSessions> {
    const open = ({ parameters, tokens }: Companion): Promise<ZooSessions> =>
      ZooSessions.open(parameters, tokens);
    return new CompanionSessions(await Promise.all(companions.map(open)));
  }

  /**
   * @param taskTokens each mu [C, d_psi], C may differ
   * @returns for each task, each companion's fitness of the PTMs that it knows, in their order, [K] each
   */
  async scoreMany(taskTokens: readonly Matrix[]): Promise<Float32Array[][]> {
    const byCompanion = await Promise.all(this.zoos.map((zoo) => zoo.scoreMany(taskTokens)));
    return taskTokens.map((_, task) => byCompanion.map((fitness) => fitness[task]!));
  }

  async release(): Promise<void> {
    await Promise.all(this.zoos.map((zoo) => zoo.release()));
  }
}
