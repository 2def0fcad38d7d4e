import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";

import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf } from "../schema/global-id.js";
import { RequiresRole } from "../schema/requires-role.js";
import { DateTime } from "../schema/scalars.js";
import {
  EvaluatedRankingConnection,
  EvaluatedRankingType,
  EvaluationType,
} from "../schema/types/evaluation.type.js";
import { RankingType } from "../schema/types/ranking.type.js";
import type {
  EvaluatedRanking,
  EvaluateRankings,
  RankingsEvaluation,
} from "../services/evaluation/evaluate-rankings.js";
import { pageOf } from "../services/registry/keyset-page.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => EvaluationType)
export class EvaluationResolver {
  constructor(private readonly evaluate: EvaluateRankings) {}

  @RequiresRole("VIEWER")
  @Query(() => EvaluationType, {
    description:
      "The closed loop: compares rankings that were kept or re-ranked with outcomes that were reported after them.",
  })
  evaluation(
    @Arg("taskId", () => ID, { nullable: true, description: "Rankings of one task." }) taskId: string | null,
    @Arg("spider", () => ID, { nullable: true, description: "Rankings of one spider." })
    spider: string | null,
    @Arg("since", () => DateTime, { nullable: true, description: "Rankings from then on." })
    since: Date | null,
    @Arg("verifiedOnly", () => Boolean, {
      defaultValue: false,
      description: "Whether outcomes that no curator has verified are left out.",
    })
    verifiedOnly: boolean,
  ) {
    return this.evaluate.run({
      taskId: taskId == null ? undefined : keyOf("Task", taskId),
      spiderId: spider == null ? undefined : keyOf("Spider", spider),
      since,
      verifiedOnly,
    });
  }

  @FieldResolver(() => EvaluatedRankingConnection, { description: "Ranking by ranking, newest first." })
  rankings(
    @Root() { rankings }: RankingsEvaluation,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Connection<unknown> {
    return toConnection(pageOf(rankings, { first, after }));
  }
}

@Resolver(() => EvaluatedRankingType)
export class EvaluatedRankingResolver {
  @FieldResolver(() => RankingType, { description: "The ranking." })
  ranking(@Root() { id }: EvaluatedRanking, @Ctx() { loaders }: Context) {
    return loaders.ranking.load(id);
  }
}
