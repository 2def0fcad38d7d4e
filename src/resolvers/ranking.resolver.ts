import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";

import type { RankingEntry } from "../entities/ranking-entry.js";
import { Ranking } from "../entities/ranking.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, keyOf, toGlobalId } from "../schema/global-id.js";
import { RankingFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { PtmFilterInput } from "../schema/inputs/ptm-filter.inputs.js";
import { RerankInput } from "../schema/inputs/rerank.inputs.js";
import { KeepRankingInput } from "../schema/inputs/task.inputs.js";
import { parseQuestion, questionKey } from "../schema/ranking-question.js";
import { RankingOrderEnum } from "../schema/enums.js";
import type { AgeOrder } from "../services/registry/registry-orders.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { JobType } from "../schema/types/job.type.js";
import { OutcomeSummaryType } from "../schema/types/outcome.type.js";
import { KeepRankingPayload, RerankPayload } from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { RankedPtmType, RankingConnection, RankingType } from "../schema/types/ranking.type.js";
import { SpiderType } from "../schema/types/spider.type.js";
import { TransferabilityScoreType } from "../schema/types/transferability-score.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { KeepRanking } from "../services/ranking/keep-ranking.js";
import {
  checkTopK,
  LARGEST_TOP_K,
  type RankedEntry,
  type RankingAnswer,
  type RankZoo,
} from "../services/ranking/rank-zoo.js";
import type { RerankTask } from "../services/ranking/rerank-task.js";
import { AfterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

@Resolver(() => RankingType)
export class RankingResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly rankZoo: RankZoo,
    private readonly keepRankingService: KeepRanking,
    private readonly rerankTask: RerankTask,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => RankingType, {
    description:
      "The main job: which PTMs to fine-tune for a task. Answers from tokens in milliseconds; runs no PTM.",
  })
  rank(
    @Arg("taskId", () => ID) taskId: string,
    @Arg("topK", () => Int, { defaultValue: 10, description: "How many PTMs, 1 to 1000." }) topK: number,
    @Arg("filter", () => PtmFilterInput, { nullable: true, description: "Which PTMs may enter." })
    filter: PtmFilterInput | null,
    @Arg("spider", () => ID, { nullable: true, description: "The spider to ask; without one, the active." })
    spider: string | null,
  ) {
    return this.rankZoo.run({
      taskId: keyOf("Task", taskId),
      topK,
      filter: filter ?? {},
      spiderId: spider == null ? undefined : keyOf("Spider", spider),
    });
  }

  @RequiresRole("VIEWER")
  @Query(() => [RankingType], {
    description: "As `rank` for up to 64 tasks, in their order: they share one pass over the zoo.",
  })
  rankMany(
    @Arg("taskIds", () => [ID], { description: "1 to 64 tasks." }) taskIds: string[],
    @Arg("topK", () => Int, { defaultValue: 10, description: "How many PTMs each, 1 to 1000." }) topK: number,
    @Arg("filter", () => PtmFilterInput, { nullable: true, description: "Which PTMs may enter." })
    filter: PtmFilterInput | null,
  ) {
    const keys = taskIds.map((id) => keyOf("Task", id));
    return this.rankZoo.runMany(keys, { topK, filter: filter ?? {} });
  }

  @RequiresRole("VIEWER")
  @Query(() => RankingType, {
    nullable: true,
    description: "A kept ranking, or the answer of `rank` with this id anew.",
  })
  async ranking(@Arg("id", () => ID) id: string, @Ctx() { loaders }: Context) {
    const reference = fromGlobalId(id);
    if (reference?.type !== "Ranking") return null;
    const question = parseQuestion(reference.key);
    return question ? this.rankZoo.again(question) : loaders.ranking.load(reference.key);
  }

  @RequiresRole("VIEWER")
  @Query(() => RankingConnection, { description: "The kept rankings of a task." })
  async rankings(
    @Arg("taskId", () => ID) taskId: string,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => RankingFilterInput, { nullable: true }) filter: RankingFilterInput | null,
    @OrderArgument(RankingOrderEnum) orderBy: AgeOrder,
  ): Promise<Connection<unknown>> {
    const page = await this.browse.rankings(keyOf("Task", taskId), filter ?? {}, orderBy, { first, after });
    return toConnection(page);
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => KeepRankingPayload, {
    description:
      "Writes the ranking down as it is now, to be compared with what is measured later. Safe to repeat: equal receipts are " +
      "one ranking.",
  })
  keepRanking(
    @Arg("input", () => KeepRankingInput) { taskId, topK, filter }: KeepRankingInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => ({
      ranking: await this.keepRankingService.run(
        { taskId: keyOf("Task", taskId, "taskId"), topK, filter: filter ?? {} },
        viewer,
      ),
    }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => RerankPayload, {
    description:
      "Runs the best PTMs on the task's samples and ranks again. Answers at once; follow it with rankingUpdated. An equal " +
      "re-ranking that is under way is joined, and PTMs that were run on the task before are not run again.",
  })
  rerank(
    @Arg("input", () => RerankInput) { taskId, topK, filter, budget, urgency }: RerankInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () =>
      this.rerankTask.run(
        {
          taskId: keyOf("Task", taskId, "taskId"),
          topK,
          filter: filter ?? {},
          budgetSeconds: budget.seconds,
          urgency,
        },
        viewer,
      ),
    );
  }

  @RequiresRole("VIEWER")
  @Subscription(() => RankingType, {
    subscribe: ({ args, context }) =>
      (context as Context).watch.ranking(keyOf("Ranking", args["rankingId"] as string)),
    description:
      "The ranking as it is now, then after every step: each PTM that was run re-orders the list. The last event has the " +
      "stage RERANKED, CANCELLED or FAILED.",
  })
  rankingUpdated(
    @Arg("rankingId", () => ID) _rankingId: string,
    @Root() ranking: Ranking,
    @Ctx() context: Context,
  ) {
    context.renewLoaders();
    return ranking;
  }

  @RequiresRole("VIEWER")
  @Subscription(() => RankingType, {
    subscribe: ({ args, context }) => {
      const taskId = args["taskId"] as string | null | undefined;
      return (context as Context).watch.completed(taskId == null ? undefined : keyOf("Task", taskId));
    },
    description:
      "One event for every re-ranking that ends from now on (RERANKED, CANCELLED or FAILED), of one task or of all.",
  })
  rerankCompleted(
    @Arg("taskId", () => ID, { nullable: true }) _taskId: string | null,
    @Root() ranking: Ranking,
    @Ctx() context: Context,
  ) {
    context.renewLoaders();
    return ranking;
  }

  @FieldResolver(() => JobType, { nullable: true, description: "What completes a re-ranking." })
  job(@Root() ranking: Ranking | RankingAnswer, @Ctx() { loaders }: Context) {
    return ranking instanceof Ranking ? loaders.jobOfRanking.load(ranking.id) : null;
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() ranking: Ranking | RankingAnswer): string {
    return toGlobalId("Ranking", ranking instanceof Ranking ? ranking.id : questionKey(ranking.question));
  }

  @FieldResolver(() => TaskType, { description: "The task." })
  task(@Root() ranking: Ranking | RankingAnswer, @Ctx() { loaders }: Context) {
    return ranking instanceof Ranking ? loaders.task.load(ranking.taskId) : ranking.task;
  }

  @FieldResolver(() => SpiderType, { description: "The spider it comes from." })
  spider(@Root() ranking: Ranking | RankingAnswer, @Ctx() { loaders }: Context) {
    return ranking instanceof Ranking ? loaders.spider.load(ranking.spiderId) : ranking.spider;
  }

  @FieldResolver(() => [RankedPtmType], { description: "The PTMs, best first." })
  entries(
    @Root() ranking: Ranking | RankingAnswer,
    @Arg("first", () => Int, { nullable: true, description: "How many, 1 to 1000; all if absent." })
    first: number | null,
    @Ctx() { loaders }: Context,
  ) {
    const best = first ?? LARGEST_TOP_K;
    checkTopK("first", best);
    if (ranking instanceof Ranking) return loaders.rankingEntries.load({ rankingId: ranking.id, best });
    return best < ranking.entries.length ? ranking.entries.slice(0, best) : ranking.entries;
  }

  @FieldResolver({ description: "The moment it speaks of." })
  asOf(@Root() ranking: Ranking | RankingAnswer): Date {
    return ranking instanceof Ranking ? ranking.createdAt : ranking.asOf;
  }
}

@Resolver(() => RankedPtmType)
export class RankedPtmResolver {
  @FieldResolver(() => PtmType, { description: "The PTM." })
  ptm(@Root() entry: RankedEntry | RankingEntry, @Ctx() { loaders }: Context) {
    return ("ptm" in entry ? entry.ptm : undefined) ?? loaders.ptm.load(entry.ptmId);
  }

  @FieldResolver(() => [TransferabilityScoreType], {
    description:
      "What the metrics say of a PTM that was run on the task, by metric; empty for one that was not.",
  })
  async scores(@Root() entry: RankedEntry | RankingEntry, @Ctx() { loaders }: Context) {
    if (!entry.reranked || !("rankingId" in entry)) return [];
    const ranking = await loaders.ranking.load(entry.rankingId);
    return loaders.scoresOfPair.load({ taskId: ranking!.taskId, ptmId: entry.ptmId });
  }

  @FieldResolver(() => OutcomeSummaryType, {
    nullable: true,
    description: "What was measured, where somebody reported it; null in a kept ranking, which is older.",
  })
  outcome(@Root() entry: RankedEntry | RankingEntry) {
    return "outcome" in entry ? entry.outcome : null;
  }
}
