import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";

import type { Job } from "../entities/job.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, keyOf, toGlobalId } from "../schema/global-id.js";
import { CancelJobInput } from "../schema/inputs/rerank.inputs.js";
import { JobFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { JobOrderEnum } from "../schema/enums.js";
import type { AgeOrder } from "../services/registry/registry-orders.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { JobConnection, JobType } from "../schema/types/job.type.js";
import { CancelJobPayload } from "../schema/types/payloads.type.js";
import { PoolType } from "../schema/types/pool.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { RankingType } from "../schema/types/ranking.type.js";
import { SpiderType } from "../schema/types/spider.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { CancelJob } from "../services/background/cancel-job.js";
import { AfterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

@Resolver(() => JobType)
export class JobResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly cancelJobService: CancelJob,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => JobType, { nullable: true, description: "One job; null if there is none with this id." })
  async job(@Arg("id", () => ID) id: string, @Ctx() { loaders }: Context) {
    const reference = fromGlobalId(id);
    return reference?.type === "Job" ? loaders.job.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => JobConnection, { description: "All jobs." })
  async jobs(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => JobFilterInput, { nullable: true }) filter: JobFilterInput | null,
    @OrderArgument(JobOrderEnum) orderBy: AgeOrder,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.browse.jobs(filter ?? {}, orderBy, { first, after }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => CancelJobPayload, {
    description:
      "Stops a re-ranking, which keeps the order it had reached, the run of one PTM, a measurement, which keeps its scores, or, " +
      "for curators, a training or the measuring of a pool. Safe to repeat.",
  })
  cancelJob(@Arg("input", () => CancelJobInput) { jobId }: CancelJobInput, @Ctx() { viewer }: Context) {
    return settle(["input", "jobId"], async () => ({
      job: await this.cancelJobService.run(keyOf("Job", jobId), viewer),
    }));
  }

  @RequiresRole("VIEWER")
  @Subscription(() => JobType, {
    subscribe: ({ args, context }) => (context as Context).watch.job(keyOf("Job", args["jobId"] as string)),
    description: "The job as it is now, then after every change until it is over.",
  })
  jobUpdated(@Arg("jobId", () => ID) _jobId: string, @Root() job: Job, @Ctx() context: Context) {
    context.renewLoaders();
    return job;
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() job: Job): string {
    return toGlobalId("Job", job.id);
  }

  @FieldResolver(() => SpiderType, { nullable: true, description: "The spider that it trains." })
  spider(@Root() job: Job, @Ctx() { loaders }: Context) {
    return job.spiderId === null ? null : loaders.spider.load(job.spiderId);
  }

  @FieldResolver(() => PoolType, { nullable: true, description: "The pool that it measures." })
  pool(@Root() job: Job, @Ctx() { loaders }: Context) {
    return job.poolId === null ? null : loaders.pool.load(job.poolId);
  }

  @FieldResolver(() => TaskType, { nullable: true, description: "The task it works on." })
  task(@Root() job: Job, @Ctx() { loaders }: Context) {
    return job.taskId === null ? null : loaders.task.load(job.taskId);
  }

  @FieldResolver(() => RankingType, { nullable: true, description: "The re-ranking that it completes." })
  ranking(@Root() job: Job, @Ctx() { loaders }: Context) {
    return job.rankingId === null ? null : loaders.ranking.load(job.rankingId);
  }

  @FieldResolver(() => PtmType, { nullable: true, description: "The PTM it works on." })
  ptm(@Root() job: Job, @Ctx() { loaders }: Context) {
    return job.ptmId === null ? null : loaders.ptm.load(job.ptmId);
  }
}
