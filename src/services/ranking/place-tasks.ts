import DataLoader from "dataloader";
import type { DataSource } from "typeorm";

import { matrix } from "../../engine/matrix.js";
import { taskPlace } from "../../engine/spider/task-place.js";
import { Spider } from "../../entities/spider.js";
import type { TaskToken } from "../../entities/task-token.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";

/** Finds where tasks lie among the PTM tokens of the active spider. */
export class PlaceTasks {
  /** Gathers the tasks of one answer, so that a page of them asks for the active spider once; keeps nothing. */
  readonly #gathered = new DataLoader((tokens: readonly TaskToken[]) => this.#places(tokens), {
    cache: false,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
  ) {}

  /** @returns shape [d]; null for a token of another encoder than the active spider reads */
  run(token: TaskToken): Promise<Float32Array | null> {
    return this.#gathered.load(token);
  }

  async #places(tokens: readonly TaskToken[]): Promise<(Float32Array | null)[]> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) return tokens.map(() => null);
    const { parameters } = await this.snapshots.read(spider);
    return tokens.map(({ encoderSha256, classCount, width, vectors }) =>
      encoderSha256 === spider.encoderSha256 && width === parameters.encoderWidth
        ? taskPlace(parameters, matrix(classCount, width, vectors))
        : null,
    );
  }
}
