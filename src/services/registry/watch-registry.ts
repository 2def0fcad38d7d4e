import type { DataSource, FindOptionsWhere } from "typeorm";

import type { ChangeFeed } from "../../database/change-feed.js";
import { Job } from "../../entities/job.js";
import { Ptm } from "../../entities/ptm.js";
import { Ranking } from "../../entities/ranking.js";
import { SpiderEpoch } from "../../entities/spider-epoch.js";
import { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import { sha256 } from "../digest.js";
import { StateStream } from "./state-stream.js";

/** What subscriptions see: the state now, then every state after a change, in whichever process the change was made. */
export class WatchRegistry {
  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: ChangeFeed,
  ) {}

  /** Ends with the ranking's end. @throws DomainError NOT_FOUND */
  ranking(id: string): Promise<StateStream<Ranking>> {
    return this.#row(Ranking, "Ranking", { id }, ({ stage }) => stage !== "RERANKING");
  }

  /** Ends with the job's end. @throws DomainError NOT_FOUND */
  job(id: string): Promise<StateStream<Job>> {
    return this.#row(Job, "Job", { id }, ({ state }) => state !== "QUEUED" && state !== "RUNNING");
  }

  /** @throws DomainError NOT_FOUND */
  ptm(id: string): Promise<StateStream<Ptm>> {
    return this.#row(Ptm, "Ptm", { id }, () => false);
  }

  /** A spider and its curve; ends with the training's end. @throws DomainError NOT_FOUND */
  async spider(id: string): Promise<StateStream<Spider>> {
    const epochs = this.dataSource.getRepository(SpiderEpoch);
    return this.#row(
      Spider,
      "Spider",
      { id },
      ({ status }) => status !== "TRAINING",
      () => epochs.countBy({ spiderId: id }),
    );
  }

  /**
   * Every re-ranking that ends from now on, once each and in the order of their ends, of one task or of all. The place in
   * that order is the cursor: hints may come twice or be lost, the rows behind the cursor are neither.
   */
  async completed(taskId: string | undefined): Promise<StateStream<Ranking>> {
    const watch = this.feed.watch(taskId === undefined ? "finished " : `finished ${taskId}`);
    try {
      const [newest]: { cursor: string }[] = await this.dataSource.query(
        `SELECT coalesce(max(finished_order), 0) AS cursor FROM ranking`,
      );
      let { cursor } = newest!;
      return new StateStream(watch, async () => {
        const query = this.dataSource
          .createQueryBuilder(Ranking, "ranking")
          .where("ranking.finishedOrder > :cursor", { cursor })
          .orderBy("ranking.finishedOrder")
          .limit(1);
        if (taskId !== undefined) query.andWhere("ranking.taskId = :taskId", { taskId });
        const ranking = await query.getOne();
        if (ranking === null) return undefined;
        cursor = String(ranking.finishedOrder);
        return { state: ranking, afterwards: "look again" };
      });
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  async #row<Row extends { id: string }>(
    entity: new () => Row,
    type: string,
    where: FindOptionsWhere<Row> & { id: string },
    isLast: (row: Row) => boolean,
    /** What else belongs to the state, beside the row itself. */
    further: () => Promise<unknown> = async () => undefined,
  ): Promise<StateStream<Row>> {
    const repository = this.dataSource.getRepository(entity);
    // Watching begins before the first look, so nothing can happen between the two unseen.
    const watch = this.feed.watch(`${type.toLowerCase()} ${where.id}`);
    try {
      if (!(await repository.existsBy(where))) {
        throw new DomainError("NOT_FOUND", `There is no ${type} with the id given.`);
      }
    } catch (error) {
      watch.close();
      throw error;
    }
    let seen = "";
    return new StateStream(watch, async () => {
      const row = await repository.findOneBy(where);
      if (row === null) return "gone";
      const digest = sha256(JSON.stringify([row, await further()]));
      if (digest === seen) return undefined;
      seen = digest;
      return { state: row, afterwards: isLast(row) ? "end" : "wait" };
    });
  }
}
