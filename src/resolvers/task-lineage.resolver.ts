import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Task } from "../entities/task.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf } from "../schema/global-id.js";
import { RetireTaskInput, UnretireTaskInput } from "../schema/inputs/task-lineage.inputs.js";
import { TaskOrderEnum } from "../schema/enums.js";
import { TaskFilterInput } from "../schema/inputs/list-filters.inputs.js";
import type { TaskOrder } from "../services/registry/registry-orders.js";
import { ChangeFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { HistoryConnection } from "../schema/types/history.type.js";
import { RetireTaskPayload, UnretireTaskPayload } from "../schema/types/payloads.type.js";
import { TaskConnection, TaskType } from "../schema/types/task.type.js";
import type { FindByName } from "../services/registry/find-by-name.js";
import type { RetireTask } from "../services/registry/retire-task.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

/** Versions and retirement of tasks. */
@Resolver(() => TaskType)
export class TaskLineageResolver {
  constructor(
    private readonly find: FindByName,
    private readonly retire: RetireTask,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => TaskType, {
    nullable: true,
    description: "The version of a task that has a number; without one, the latest.",
  })
  taskByName(
    @Arg("name", () => String, { description: "Case does not matter." }) name: string,
    @Arg("version", () => Int, { nullable: true, description: "1 is the first." }) version: number | null,
  ) {
    return this.find.task({ name, version });
  }

  @RequiresRole("CURATOR")
  @Mutation(() => RetireTaskPayload, {
    description: "Withdraws a task: it is not ranked any more and stays readable. Safe to repeat.",
  })
  retireTask(@Arg("input", () => RetireTaskInput) input: RetireTaskInput, @Ctx() { viewer }: Context) {
    const { taskId, reason, at, successorId } = input;
    return settle(["input"], async () => ({
      task: await this.retire.run(
        {
          id: keyOf("Task", taskId, "taskId"),
          reason,
          at,
          successorId: successorId && keyOf("Task", successorId, "successorId"),
        },
        viewer,
      ),
    }));
  }

  @RequiresRole("CURATOR")
  @Mutation(() => UnretireTaskPayload, { description: "Takes a retired task back. Safe to repeat." })
  unretireTask(
    @Arg("input", () => UnretireTaskInput) { taskId }: UnretireTaskInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => ({
      task: await this.retire.undo(keyOf("Task", taskId, "taskId"), viewer),
    }));
  }

  @FieldResolver(() => TaskConnection, { description: "All versions of its name." })
  async versions(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => TaskFilterInput) filter: TaskFilterInput | null,
    @OrderArgument(TaskOrderEnum) orderBy: TaskOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.versionsOfTask.load(task.name, { first, after, filter, orderBy }));
  }

  @FieldResolver(() => TaskType, { description: "The newest version of its name." })
  latestVersion(@Root() task: Task, @Ctx() { loaders }: Context) {
    return task.latest ? task : loaders.latestTask.load(task.name);
  }

  @FieldResolver(() => TaskType, { nullable: true, description: "What to take in place of a retired task." })
  successor(@Root() task: Task, @Ctx() { loaders }: Context) {
    return task.successorId && loaders.task.load(task.successorId);
  }

  @FieldResolver(() => HistoryConnection, { description: "Who changed what about it, newest first." })
  async history(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => ChangeFilterInput) filter: ChangeFilterInput | null,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.historyOfTask.load(task.id, { first, after, filter }));
  }
}
