import type { Matrix } from "../matrix.js";
import { type Companion, companionsOf, type Spider } from "../spider/spider.js";
import { ZooSessions } from "./zoo-sessions.js";

/** The companions of a spider made ready for ranking the PTMs that they were trained with. */
export class CompanionSessions {
  private constructor(private readonly zoos: readonly ZooSessions[]) {}

  /** @throws RangeError if a token's own products leave the range of float32 */
  static async open(spider: Spider): Promise<CompanionSessions> {
    const open = ({ parameters, tokens }: Companion): Promise<ZooSessions> =>
      ZooSessions.open(parameters, tokens);
    return new CompanionSessions(await Promise.all(companionsOf(spider).map(open)));
  }

  /**
   * @param taskToken mu [C, d_psi]
   * @returns each companion's fitness of the spider's PTMs, in their order, [M] each
   */
  async score(taskToken: Matrix): Promise<Float32Array[]> {
    return Promise.all(this.zoos.map((zoo) => zoo.score(taskToken)));
  }
}
