import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { RankingEntry } from "../../entities/ranking-entry.js";
import { Ranking } from "../../entities/ranking.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { coarseRow } from "./coarse-row.js";
import type { RankQuestion, RankZoo } from "./rank-zoo.js";
import type { Viewer } from "../access/viewer.js";

/** Writes a coarse ranking down as it is now, so that it can be compared with what is measured later. */
export class KeepRanking {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rankZoo: RankZoo,
  ) {}

  /**
   * Safe to repeat: a ranking with the same receipt is the same ranking.
   *
   * @throws DomainError as `RankZoo.run`
   */
  async run(question: RankQuestion, viewer: Viewer): Promise<Ranking> {
    const answer = await this.rankZoo.run(question);
    const { ranking } = await once(this.dataSource, viewer, async (manager) => {
      const id = uuid();
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Ranking)
        .values({
          id,
          taskId: answer.task.id,
          spiderId: answer.spider.id,
          stage: answer.stage,
          receipt: answer.receipt,
          zooSize: answer.zooSize,
          createdBy: viewer.name,
        })
        .orIgnore()
        .returning("id")
        .execute();
      const ranking = await manager.findOneByOrFail(Ranking, { receipt: answer.receipt, stage: "COARSE" });
      if ((inserted.raw as unknown[]).length === 0) return { ranking };
      if (answer.entries.length > 0) {
        await manager.insert(
          RankingEntry,
          answer.entries.map((entry) => coarseRow(id, entry)),
        );
      }
      const subject = { type: "Ranking", id };
      await audit(manager, viewer, { action: "keepRanking", subject, before: null, after: ranking });
      return { ranking };
    });
    return ranking;
  }
}
