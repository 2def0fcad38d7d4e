import DataLoader from "dataloader";
import type { DataSource } from "typeorm";

import { matrix, type Matrix } from "../../engine/matrix.js";
import { setDistances } from "../../engine/tokens/set-distance.js";
import { Spider } from "../../entities/spider.js";
import { TaskToken } from "../../entities/task-token.js";
import { checkFirst } from "../registry/keyset-page.js";

/** Task tokens that are in memory at a time: those of large tasks are near a megabyte. */
const PAGE_ROWS = 64;
/** Centres of one task that are compared; of more, as many at even steps stand for all. */
const MOST_CENTRES = 128;

export interface SimilarTask {
  readonly taskId: string;
  /** See engine/tokens/set-distance.ts; >= 0, smaller is nearer. */
  readonly distance: number;
}

interface Question {
  readonly taskId: string;
  readonly first: number;
}

/** Finds the tasks that are nearest to a task by their class centres. */
export class FindSimilarTasks {
  /** Gathers the tasks of one answer: they share a pass over all task tokens. */
  readonly #gathered = new DataLoader((asked: readonly Question[]) => this.#answer(asked), { cache: false });

  constructor(private readonly dataSource: DataSource) {}

  /**
   * The nearest READY tasks; none while no spider is active or for a task without a token of its encoder.
   *
   * @param first 1 to 100
   * @throws DomainError BAD_USER_INPUT
   */
  async run(taskId: string, first: number): Promise<SimilarTask[]> {
    checkFirst(first);
    return this.#gathered.load({ taskId, first });
  }

  async #answer(asked: readonly Question[]): Promise<SimilarTask[][]> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) return asked.map(() => []);
    const own = await this.#tokens(spider, "token.taskId = ANY(:ids)", {
      ids: asked.map(({ taskId }) => taskId),
    });
    const sets = new Map(own.map((token) => [token.taskId, centresOf(token)]));
    const found = new Map([...sets.keys()].map((taskId): [string, SimilarTask[]] => [taskId, []]));
    for (let after = "00000000-0000-0000-0000-000000000000"; sets.size > 0;) {
      const page = await this.#tokens(spider, "token.taskId > :after AND task.status = 'READY'", { after });
      const others = page.map((token) => centresOf(token));
      for (const [taskId, set] of sets) {
        const distances = await setDistances(set, others);
        const near = found.get(taskId)!;
        page.forEach((token, i) => {
          if (token.taskId !== taskId) near.push({ taskId: token.taskId, distance: distances[i]! });
        });
      }
      if (page.length < PAGE_ROWS) break;
      after = page.at(-1)!.taskId;
    }
    for (const near of found.values()) near.sort((a, b) => a.distance - b.distance);
    return asked.map(({ taskId, first }) => found.get(taskId)?.slice(0, first) ?? []);
  }

  #tokens({ encoderSha256 }: Spider, condition: string, parameters: object): Promise<TaskToken[]> {
    return this.dataSource
      .createQueryBuilder(TaskToken, "token")
      .innerJoin("task", "task", "task.id = token.task_id")
      .where("token.encoderSha256 = :encoderSha256", { encoderSha256 })
      .andWhere(condition, parameters)
      .orderBy("token.taskId")
      .limit(PAGE_ROWS)
      .getMany();
  }
}

function centresOf({ classCount, width, vectors }: TaskToken): Matrix {
  if (classCount <= MOST_CENTRES) return matrix(classCount, width, vectors);
  const some = new Float32Array(MOST_CENTRES * width);
  for (let row = 0; row < MOST_CENTRES; row++) {
    const chosen = Math.floor((row * classCount) / MOST_CENTRES);
    some.set(vectors.subarray(chosen * width, (chosen + 1) * width), row * width);
  }
  return matrix(MOST_CENTRES, width, some);
}
