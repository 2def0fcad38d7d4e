import type { DataSource } from "typeorm";

import { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import type { CompareSpiders } from "./compare-spiders.js";
import type { JobQueue } from "../background/job-queue.js";
import { lockName } from "../registry/lock-name.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { switchSpider } from "./switch-spider.js";
import type { Viewer } from "../access/viewer.js";

export interface ActivateSpiderCommand {
  readonly spiderId: string;
  /** Whether it may rank the validation tasks worse than the active one does. */
  readonly force: boolean;
}

/** Lets rankings come from another spider. */
export class ActivateSpider {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly queue: JobQueue,
    private readonly compare: CompareSpiders,
  ) {}

  /**
   * Safe to repeat, and taken back by activating the spider before. Every process ranks with the new one from its next
   * question on; a ranking comes from exactly one.
   *
   * @throws DomainError NOT_FOUND; FAILED_PRECONDITION if it is not READY, or is worse than the active one without `force`;
   *   CONFLICT if another one was activated meanwhile, without `force`
   */
  async run({ spiderId, force }: ActivateSpiderCommand, viewer: Viewer): Promise<Spider> {
    const spiders = this.dataSource.getRepository(Spider);
    const spider = await spiders.findOneBy({ id: spiderId });
    if (spider === null) throw new DomainError("NOT_FOUND", "There is no Spider with the id given.");
    if (spider.status !== "READY") {
      throw new DomainError(
        "FAILED_PRECONDITION",
        `Spider ${spider.version} is ${spider.status}; one that is READY can be activated.`,
      );
    }
    const active = await spiders.findOneBy({ active: true });
    if (active !== null && active.id !== spider.id && !force) await this.#requireNotWorse(spider, active);
    return this.dataSource.transaction(async (manager) => {
      await lockName(manager, "spider", "active");
      const before = await manager.findOneBy(Spider, { active: true });
      if (before?.id === spiderId) return before;
      if (!force && before?.id !== active?.id) {
        throw new DomainError(
          "CONFLICT",
          `Spider ${before?.version} was activated in the same moment; compare with that one: ask again.`,
        );
      }
      await switchSpider(manager, this.snapshots, this.queue, spider);
      const after = await manager.findOneByOrFail(Spider, { id: spiderId });
      await audit(manager, viewer, {
        action: "activateSpider",
        subject: { type: "Spider", id: spiderId },
        before: before && { activeSpider: before.id, version: before.version },
        after: { activeSpider: after.id, version: after.version, force },
      });
      return after;
    });
  }

  async #requireNotWorse(spider: Spider, active: Spider): Promise<void> {
    const compared = await this.compare.run(spider, active);
    if (compared === undefined || compared.first >= compared.second) return;
    const { first, second, taskCount, ptmCount } = compared;
    throw new DomainError(
      "FAILED_PRECONDITION",
      `Spider ${spider.version} ranks worse than the active spider ${active.version}: weighted tau ${first.toFixed(4)} against ` +
        `${second.toFixed(4)} on ${taskCount} validation tasks with ${ptmCount} PTMs. Set force to activate it all the same.`,
    );
  }
}
