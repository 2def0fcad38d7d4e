import type { DataSource } from "typeorm";

import type { SessionOptions } from "../../engine/runtime/session.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { Spider as SpiderValue } from "../../engine/spider/spider.js";
import { ofPtms, scoredTasks, trainingTasks } from "../../engine/training/training-pool.js";
import { fitnessWithCompanions, meanTargetTau } from "../../engine/training/validation.js";
import { Pool } from "../../entities/pool.js";
import { SpiderTraining } from "../../entities/spider-training.js";
import type { Spider } from "../../entities/spider.js";
import { aggregationOf, partTasks } from "./part-tasks.js";
import type { PoolReader } from "./pool-reader.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";

/** Two spiders on the same validation tasks and the PTMs that both know. */
export interface SpiderComparison {
  /** Mean weighted tau of the coarse ranking. */
  readonly first: number;
  readonly second: number;
  readonly taskCount: number;
  readonly ptmCount: number;
}

/** Compares spiders by what neither should have learned from. */
export class CompareSpiders {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: PoolReader,
    private readonly snapshots: SpiderSnapshots,
    private readonly session: SessionOptions,
  ) {}

  /**
   * On the validation tasks of the first spider, in the pool that it or else the second one learned from, or any pool of
   * their general encoder.
   *
   * @returns undefined where there is nothing to compare them on: no such pool, different encoders, fewer than two PTMs that
   *   both know
   */
  async run(first: Spider, second: Spider): Promise<SpiderComparison | undefined> {
    if (first.encoderSha256 !== second.encoderSha256) return undefined;
    const pool = await this.#pool(first, second);
    if (pool === null) return undefined;
    const snapshots = await Promise.all([this.snapshots.read(first), this.snapshots.read(second)]);
    const [known, others] = snapshots.map(({ ptms }) => new Set(ptms.map(({ digest }) => digest))) as [
      Set<string>,
      Set<string>,
    ];
    const common = new Set([...known].filter((digest) => others.has(digest)));
    const own = ofPtms(await this.reader.whole(pool, common), common);
    if (own.ptms.length < 2) return undefined;
    const manifest = first.manifest as SnapshotManifest;
    const { validate } = partTasks(manifest, [...Array(scoredTasks(own)).keys()]);
    const tasks = trainingTasks(own, validate, aggregationOf(manifest));
    const digests = own.ptms.map(({ digest }) => digest);
    const [a, b] = await Promise.all(
      snapshots.map(async (snapshot) =>
        meanTargetTau(
          tasks.map(({ target }) => target),
          await fitnessWithCompanions(
            inOrder(snapshot, digests),
            tasks.map(({ taskToken }) => taskToken),
            this.session,
          ),
        ),
      ),
    );
    if (Number.isNaN(a) || Number.isNaN(b)) return undefined;
    return { first: a!, second: b!, taskCount: validate.length, ptmCount: digests.length };
  }

  async #pool(first: Spider, second: Spider): Promise<Pool | null> {
    const pools = this.dataSource.getRepository(Pool);
    for (const { id: spiderId } of [first, second]) {
      const training = await this.dataSource.getRepository(SpiderTraining).findOneBy({ spiderId });
      if (training !== null) return pools.findOneBy({ id: training.poolId });
    }
    const { encoderSha256 } = first;
    return pools.findOne({ where: { status: "READY", encoderSha256 }, order: { id: "DESC" } });
  }
}

function inOrder(spider: SpiderValue, digests: readonly string[]): SpiderValue {
  const byDigest = new Map(spider.ptms.map((ptm) => [ptm.digest, ptm]));
  return { ...spider, ptms: digests.map((digest) => byDigest.get(digest)!) };
}
