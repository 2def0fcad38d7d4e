import type { DataSource } from "typeorm";

import { type Joined, LARGEST_FALL, LEAST_LEARNED, LEAST_VALIDATED } from "../../engine/training/join-zoo.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { SpiderPtm } from "../../engine/spider/spider.js";
import type { PoolMeasurement } from "../../entities/pool-measurement.js";
import { Pool } from "../../entities/pool.js";
import type { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import { aggregationOf, partTasks } from "./part-tasks.js";
import type { PoolReader } from "./pool-reader.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import type { TrainingThread } from "./training-thread.js";

/** Training tasks of a pool, by their numbers. */
export interface Lesson {
  readonly pool: Pool;
  readonly learn: readonly number[];
  readonly validate: readonly number[];
}

/** Learns the token of a PTM for a spider that was trained without it; nothing else of the spider changes. */
export class LearnToken {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: PoolReader,
    private readonly snapshots: SpiderSnapshots,
    private readonly thread: TrainingThread,
  ) {}

  /**
   * What a token for the spider can be learned from: the newest pool with images that its general encoder has seen.
   *
   * @returns undefined if there is none with training tasks enough
   */
  async lesson(spider: Spider): Promise<Lesson | undefined> {
    const pools = await this.dataSource
      .getRepository(Pool)
      .find({ where: { status: "READY", encoderSha256: spider.encoderSha256 }, order: { id: "DESC" } });
    for (const pool of pools) {
      const { tasks } = await this.reader.atHand(pool);
      const { learn, validate } = partTasks(spider.manifest as SnapshotManifest, tasks);
      if (learn.length >= LEAST_LEARNED && validate.length >= LEAST_VALIDATED)
        return { pool, learn, validate };
    }
    return undefined;
  }

  /**
   * @param measurement of the PTM on the lesson's pool, with scores
   * @throws DomainError FAILED_PRECONDITION if the spider would rank worse with the PTM than without it
   */
  async run(
    spider: Spider,
    { pool, learn, validate }: Lesson,
    measurement: PoolMeasurement,
  ): Promise<SpiderPtm> {
    const snapshot = await this.snapshots.read(spider);
    const joined = await this.thread.join({
      spider: snapshot,
      pool: await this.reader.whole(pool, new Set(snapshot.ptms.map(({ digest }) => digest))),
      taskCount: pool.taskCount,
      added: await this.reader.measured(pool, measurement),
      learn,
      validate,
      aggregation: aggregationOf(spider.manifest as SnapshotManifest),
    });
    requireGood(joined, spider);
    return joined.ptm;
  }
}

function requireGood({ before, after }: Joined, { version }: Spider): void {
  if (after >= before - LARGEST_FALL) return;
  throw new DomainError(
    "FAILED_PRECONDITION",
    `No good token was found: with the PTM, spider ${version} would rank the validation tasks with weighted tau ` +
      `${after.toFixed(3)}, without it with ${before.toFixed(3)}; a fall of at most ${LARGEST_FALL} is allowed.`,
  );
}
