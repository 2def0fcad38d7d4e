import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";

import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { PtmCostEnum } from "../schema/enums.js";
import { keyOf } from "../schema/global-id.js";
import { PtmFilterInput } from "../schema/inputs/ptm-filter.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { ParetoFrontType, ParetoPtmConnection, ParetoPtmType } from "../schema/types/pareto.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { SpiderType } from "../schema/types/spider.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { FindParetoFront, ParetoAnswer, ParetoPtm } from "../services/ranking/find-pareto-front.js";
import type { PtmCost } from "../services/ranking/ptm-costs.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => ParetoFrontType)
export class ParetoFrontResolver {
  constructor(private readonly findFront: FindParetoFront) {}

  @RequiresRole("VIEWER")
  @Query(() => ParetoFrontType, {
    description:
      "The PTMs that nothing beats on fitness for a task and on what they cost. Answers from tokens and runs no PTM.",
  })
  pareto(
    @Arg("taskId", () => ID) taskId: string,
    @Arg("cost", () => [PtmCostEnum], { description: "What they shall be cheap in: one cost or several." })
    costs: PtmCost[],
    @Arg("filter", () => PtmFilterInput, { nullable: true, description: "Which PTMs may enter." })
    filter: PtmFilterInput | null,
  ) {
    return this.findFront.run({ taskId: keyOf("Task", taskId), costs, filter: filter ?? {} });
  }

  @FieldResolver(() => TaskType, { description: "The task." })
  task(@Root() { task }: ParetoAnswer) {
    return task;
  }

  @FieldResolver(() => SpiderType, { description: "The spider that gives the fitness." })
  spider(@Root() { spider }: ParetoAnswer) {
    return spider;
  }

  @FieldResolver(() => ParetoPtmConnection, { description: "The PTMs that nothing beats, fittest first." })
  front(
    @Root() { front }: ParetoAnswer,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Connection<unknown> {
    return toConnection(front.page({ first, after }));
  }

  @FieldResolver(() => ParetoPtmConnection, {
    description:
      "The PTMs of which a cost is not known, fittest first. They are not compared: nothing beats them, and they beat nothing.",
  })
  unknown(
    @Root() { unknown }: ParetoAnswer,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Connection<unknown> {
    return toConnection(unknown.page({ first, after }));
  }
}

@Resolver(() => ParetoPtmType)
export class ParetoPtmResolver {
  @FieldResolver(() => PtmType, { description: "The PTM." })
  ptm(@Root() { ptmId }: ParetoPtm, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(ptmId);
  }
}
