import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { PoolSource } from "../entities/pool-source.js";
import type { Pool } from "../entities/pool.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, keysOf, keyOf, toGlobalId } from "../schema/global-id.js";
import { CreatePoolInput, MeasurePoolInput } from "../schema/inputs/training.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { JobType } from "../schema/types/job.type.js";
import { CreatePoolPayload, MeasurePoolPayload } from "../schema/types/payloads.type.js";
import { PoolConnection, PoolSourceType, PoolType } from "../schema/types/pool.type.js";
import { TaskType } from "../schema/types/task.type.js";
import { PoolFilterInput } from "../schema/inputs/list-filters.inputs.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { CreatePool } from "../services/training/create-pool.js";
import { AfterArgument, FilterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => PoolType)
export class PoolResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly createPoolService: CreatePool,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => PoolType, { nullable: true, description: "One pool; null if there is none with this id." })
  async pool(@Arg("id", () => ID) id: string, @Ctx() { loaders }: Context) {
    const reference = fromGlobalId(id);
    return reference?.type === "Pool" ? loaders.pool.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => PoolConnection, { description: "Pools, newest first." })
  async pools(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => PoolFilterInput) filter: PoolFilterInput | null,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.browse.pools(filter ?? {}, { first, after }));
  }

  @RequiresRole("CURATOR")
  @Mutation(() => CreatePoolPayload, {
    description:
      "Makes a pool of tasks for spiders to learn from: a job runs the general encoder and every PTM on their samples and " +
      "scores the PTMs. Safe to repeat.",
  })
  createPool(
    @Arg("input", () => CreatePoolInput) { name, taskIds, trainingTasks, seed, metrics }: CreatePoolInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () => {
      const keys = keysOf("Task", taskIds, "taskIds");
      return this.createPoolService.run({ name, taskIds: keys, trainingTasks, seed, metrics }, viewer);
    });
  }

  @RequiresRole("CURATOR")
  @Mutation(() => MeasurePoolPayload, {
    description:
      "Measures the PTMs that came since a pool was measured, and goes on with a measuring that ended early.",
  })
  measurePool(
    @Arg("input", () => MeasurePoolInput) { poolId }: MeasurePoolInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () =>
      this.createPoolService.measureAgain(keyOf("Pool", poolId, "poolId"), viewer),
    );
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() pool: Pool): string {
    return toGlobalId("Pool", pool.id);
  }

  @FieldResolver(() => [PoolSourceType], { description: "What it consists of." })
  sources(@Root() pool: Pool, @Ctx() { loaders }: Context) {
    return loaders.poolSources.load(pool.id);
  }

  @FieldResolver(() => JobType, {
    nullable: true,
    description: "The latest job that measures or measured it.",
  })
  job(@Root() pool: Pool, @Ctx() { loaders }: Context) {
    return loaders.latestPoolJob.load(pool.id);
  }
}

@Resolver(() => PoolSourceType)
export class PoolSourceResolver {
  @FieldResolver(() => TaskType, { nullable: true, description: "The task that it is, if it is one." })
  task(@Root() { taskId }: PoolSource, @Ctx() { loaders }: Context) {
    return taskId === null ? null : loaders.task.load(taskId);
  }
}
