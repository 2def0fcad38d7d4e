import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";

import { DomainError } from "../errors.js";
import type { Loaders } from "../loaders/loaders.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, type Reference } from "../schema/global-id.js";
import { parseQuestion } from "../schema/ranking-question.js";
import { RequiresRole } from "../schema/requires-role.js";
import { NodeType } from "../schema/types/node.type.js";
import { LARGEST_PAGE } from "../services/registry/keyset-page.js";
import type { RankZoo } from "../services/ranking/rank-zoo.js";

@Resolver()
export class NodeResolver {
  constructor(private readonly rankZoo: RankZoo) {}

  @RequiresRole("VIEWER")
  @Query(() => NodeType, { nullable: true, description: "Any object by its id; null if there is none." })
  node(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<object | null> {
    return this.#load(id, context);
  }

  @RequiresRole("VIEWER")
  @Query(() => [NodeType], {
    nullable: "items",
    description: "Objects by their ids, at most 100, in the order of the ids; null where there is none.",
  })
  nodes(@Arg("ids", () => [ID]) ids: string[], @Ctx() context: Context): Promise<(object | null)[]> {
    if (ids.length > LARGEST_PAGE) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `ids must hold at most ${LARGEST_PAGE} ids, got ${ids.length}.`,
      );
    }
    return Promise.all(ids.map((id) => this.#load(id, context)));
  }

  async #load(id: string, { loaders }: Context): Promise<object | null> {
    const reference = fromGlobalId(id);
    return reference === undefined ? null : this.#find(reference, loaders);
  }

  #ranking(key: string, loaders: Loaders): Promise<object | null> {
    const question = parseQuestion(key);
    return question ? this.rankZoo.again(question) : loaders.ranking.load(key);
  }

  #find({ type, key }: Reference, loaders: Loaders): Promise<object | null> {
    switch (type) {
      case "Ptm":
        return loaders.ptm.load(key);
      case "Task":
        return loaders.task.load(key);
      case "Pool":
        return loaders.pool.load(key);
      case "Spider":
        return loaders.spider.load(key);
      case "Outcome":
        return loaders.outcome.load(key);
      case "TransferabilityScore":
        return loaders.transferabilityScore.load(key);
      case "Job":
        return loaders.job.load(key);
      case "PtmToken":
        return loaders.ptmTokenById.load(key);
      case "TaskToken":
        return loaders.taskTokenById.load(key);
      case "SpecificToken":
        return loaders.specificTokenById.load(key);
      case "Ranking":
        return this.#ranking(key, loaders);
      case "AccessKey":
      case "Webhook":
      case "WebhookDelivery":
        return Promise.resolve(null); // administrators list them; they are no Node
    }
  }
}
