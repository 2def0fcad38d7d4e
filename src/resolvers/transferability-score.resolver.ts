import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from "type-graphql";

import type { TransferabilityScore } from "../entities/transferability-score.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf, keysOf, toGlobalId } from "../schema/global-id.js";
import { MeasureTransferabilityInput } from "../schema/inputs/measurement.inputs.js";
import { TransferabilityScoreOrderEnum } from "../schema/enums.js";
import { withKeys } from "../schema/filter-keys.js";
import { TransferabilityScoreFilterInput } from "../schema/inputs/list-filters.inputs.js";
import type { ScoreOrder } from "../services/registry/registry-orders.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { MeasureTransferabilityPayload } from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { TaskType } from "../schema/types/task.type.js";
import {
  TransferabilityScoreConnection,
  TransferabilityScoreType,
} from "../schema/types/transferability-score.type.js";
import type { Ptm } from "../entities/ptm.js";
import type { Task } from "../entities/task.js";
import type { MeasureTransferability } from "../services/tokens/measure-transferability.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

@Resolver(() => TransferabilityScoreType)
export class TransferabilityScoreResolver {
  constructor(private readonly measure: MeasureTransferability) {}

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => MeasureTransferabilityPayload, {
    description:
      "Runs PTMs on a task's samples and computes transferability scores from their outputs. Answers at once with the job; " +
      "scores appear PTM by PTM. What was measured before is not measured again. Safe to repeat.",
  })
  measureTransferability(
    @Arg("input", () => MeasureTransferabilityInput) input: MeasureTransferabilityInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () =>
      this.measure.run(
        {
          taskId: keyOf("Task", input.taskId, "taskId"),
          ptmIds: keysOf("Ptm", input.ptmIds, "ptmIds"),
          metrics: input.metrics,
        },
        viewer,
      ),
    );
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() score: TransferabilityScore): string {
    return toGlobalId("TransferabilityScore", score.id);
  }

  @FieldResolver(() => TaskType, { description: "The task that the PTM was run on." })
  task(@Root() score: TransferabilityScore, @Ctx() { loaders }: Context) {
    return loaders.task.load(score.taskId);
  }

  @FieldResolver(() => PtmType, { description: "The PTM that was run." })
  ptm(@Root() score: TransferabilityScore, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(score.ptmId);
  }
}

@Resolver(() => PtmType)
export class PtmScoresResolver {
  @FieldResolver(() => TransferabilityScoreConnection, {
    description: "What metrics say of it on tasks that it was run on.",
  })
  async transferabilityScores(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => TransferabilityScoreFilterInput) filter: TransferabilityScoreFilterInput | null,
    @OrderArgument(TransferabilityScoreOrderEnum) orderBy: ScoreOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(
      await loaders.scoresOfPtm.load(ptm.id, {
        first,
        after,
        filter: withKeys(filter ?? {}, { taskId: "Task", ptmId: "Ptm" }),
        orderBy,
      }),
    );
  }
}

@Resolver(() => TaskType)
export class TaskScoresResolver {
  @FieldResolver(() => TransferabilityScoreConnection, {
    description: "What metrics say of PTMs that were run on it.",
  })
  async transferabilityScores(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => TransferabilityScoreFilterInput) filter: TransferabilityScoreFilterInput | null,
    @OrderArgument(TransferabilityScoreOrderEnum) orderBy: ScoreOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(
      await loaders.scoresOfTask.load(task.id, {
        first,
        after,
        filter: withKeys(filter ?? {}, { taskId: "Task", ptmId: "Ptm" }),
        orderBy,
      }),
    );
  }
}
