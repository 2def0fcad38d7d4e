import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Task } from "../entities/task.js";
import { DomainError } from "../errors.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { OutcomeOrderEnum, RankingOrderEnum, TaskOrderEnum } from "../schema/enums.js";
import { fromGlobalId, toGlobalId } from "../schema/global-id.js";
import { RankingFilterInput, TaskFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { AddTaskInput } from "../schema/inputs/task.inputs.js";
import { withKeys } from "../schema/filter-keys.js";
import { OutcomeFilterInput } from "../schema/inputs/outcome.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { ClassSamplesConnection } from "../schema/types/class-samples.type.js";
import { JobType } from "../schema/types/job.type.js";
import { OutcomeConnection } from "../schema/types/outcome.type.js";
import { AddTaskPayload } from "../schema/types/payloads.type.js";
import { RankingConnection } from "../schema/types/ranking.type.js";
import { TaskConnection, TaskType } from "../schema/types/task.type.js";
import { SpecificTokenConnection, TaskTokenType } from "../schema/types/token.type.js";
import type { AddTask, AddTaskInput as AddTaskCommand } from "../services/registry/add-task.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { AgeOrder, OutcomeOrder, TaskOrder } from "../services/registry/registry-orders.js";
import type { ShowSamples } from "../services/registry/show-samples.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

@Resolver(() => TaskType)
export class TaskResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly addTaskService: AddTask,
    private readonly showSamples: ShowSamples,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => TaskType, { nullable: true, description: "One task; null if there is none with this id." })
  async task(@Arg("id", () => ID) id: string, @Ctx() { loaders }: Context) {
    const reference = fromGlobalId(id);
    return reference?.type === "Task" ? loaders.task.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => TaskConnection, { description: "The tasks of the registry, page by page." })
  async tasks(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => TaskFilterInput, { nullable: true }) filter: TaskFilterInput | null,
    @Arg("orderBy", () => TaskOrderEnum, { defaultValue: "NEWEST" }) orderBy: TaskOrder,
  ) {
    return toConnection(await this.browse.tasks(filter ?? {}, orderBy, { first, after }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => AddTaskPayload, {
    description:
      "Adds a task from an uploaded archive or from class centres. The archive is checked at once; a job then computes its " +
      "token. Safe to repeat.",
  })
  addTask(@Arg("input", () => AddTaskInput) input: AddTaskInput, @Ctx() { viewer }: Context) {
    return settle(["input"], () => this.addTaskService.run(toCommand(input), viewer));
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() task: Task): string {
    return toGlobalId("Task", task.id);
  }

  @FieldResolver(() => TaskTokenType, {
    nullable: true,
    description: "Its class centres for the active spider's general encoder; null until they are computed.",
  })
  token(@Root() task: Task, @Ctx() { loaders }: Context) {
    return loaders.taskToken.load(task.id);
  }

  @FieldResolver(() => SpecificTokenConnection, {
    description: "One for every PTM that was run on it, newest first.",
  })
  async specificTokens(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.specificTokensOfTask.load(task.id, { first, after }));
  }

  @FieldResolver(() => ClassSamplesConnection, {
    description: "Its classes in label order, each with pictures of a few samples.",
  })
  async classSamples(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.showSamples.run(task, { first, after }));
  }

  @FieldResolver(() => JobType, {
    nullable: true,
    description: "The latest job that prepares or prepared it.",
  })
  job(@Root() task: Task, @Ctx() { loaders }: Context) {
    return loaders.latestTaskJob.load(task.id);
  }

  @FieldResolver(() => OutcomeConnection, { description: "What was measured on it." })
  async outcomes(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => OutcomeFilterInput) filter: OutcomeFilterInput | null,
    @OrderArgument(OutcomeOrderEnum) orderBy: OutcomeOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(
      await loaders.outcomesOfTask.load(task.id, {
        first,
        after,
        filter: withKeys(filter ?? {}, { taskId: "Task", ptmId: "Ptm" }),
        orderBy,
      }),
    );
  }

  @FieldResolver(() => RankingConnection, { description: "Its kept rankings." })
  async rankings(
    @Root() task: Task,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => RankingFilterInput) filter: RankingFilterInput | null,
    @OrderArgument(RankingOrderEnum) orderBy: AgeOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.rankingsOfTask.load(task.id, { first, after, filter, orderBy }));
  }
}

function toCommand({ name, newVersion, artifact, centres }: AddTaskInput): AddTaskCommand {
  if ((artifact == null) === (centres == null)) {
    throw new DomainError(
      "BAD_USER_INPUT",
      "A task needs either an artifact or class centres, and not both.",
    );
  }
  return { name, newVersion, content: artifact != null ? { artifact } : { centres: centres! } };
}
