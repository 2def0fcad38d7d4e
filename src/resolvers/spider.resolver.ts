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

import type { SpiderTraining } from "../entities/spider-training.js";
import type { Spider } from "../entities/spider.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, keyOf, toGlobalId } from "../schema/global-id.js";
import { ActivateSpiderInput, TrainSpiderInput } from "../schema/inputs/training.inputs.js";
import { SpiderOrderEnum } from "../schema/enums.js";
import { SpiderFilterInput } from "../schema/inputs/list-filters.inputs.js";
import type { AgeOrder } from "../services/registry/registry-orders.js";
import { RequiresRole } from "../schema/requires-role.js";
import { PtmSignatureType, toSignatureType } from "../schema/types/ptm-signature.type.js";
import { settle } from "../schema/settle.js";
import { JobType } from "../schema/types/job.type.js";
import { ActivateSpiderPayload, TrainSpiderPayload } from "../schema/types/payloads.type.js";
import { PoolType } from "../schema/types/pool.type.js";
import {
  SpiderConnection,
  SpiderType,
  TrainingPointType,
  TrainingSummaryType,
} from "../schema/types/spider.type.js";
import type { ActivateSpider } from "../services/training/activate-spider.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { TrainSpider } from "../services/training/train-spider.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";

@Resolver(() => SpiderType)
export class SpiderResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly trainSpiderService: TrainSpider,
    private readonly activateSpiderService: ActivateSpider,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => SpiderType, { nullable: true, description: "One spider; without an id, the active one." })
  async spider(@Arg("id", () => ID, { nullable: true }) id: string | null, @Ctx() { loaders }: Context) {
    if (id === null || id === undefined) return this.browse.activeSpider();
    const reference = fromGlobalId(id);
    return reference?.type === "Spider" ? loaders.spider.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => SpiderConnection, { description: "All spiders." })
  async spiders(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => SpiderFilterInput) filter: SpiderFilterInput | null,
    @OrderArgument(SpiderOrderEnum) orderBy: AgeOrder,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.browse.spiders(filter ?? {}, orderBy, { first, after }));
  }

  @RequiresRole("CURATOR")
  @Mutation(() => TrainSpiderPayload, {
    description:
      "Learns a spider from a pool. Answers at once; follow it with spiderUpdated. It is not active when it is ready: see " +
      "activateSpider.",
  })
  trainSpider(
    @Arg("input", () => TrainSpiderInput) { poolId, recipe }: TrainSpiderInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () =>
      this.trainSpiderService.run(
        {
          poolId: poolId == null ? undefined : keyOf("Pool", poolId, "poolId"),
          recipe: Object.fromEntries(Object.entries(recipe).filter(([, value]) => value != null)),
        },
        viewer,
      ),
    );
  }

  @RequiresRole("CURATOR")
  @Mutation(() => ActivateSpiderPayload, {
    description:
      "Lets rankings come from another spider. One that ranks the validation tasks worse than the active one is refused " +
      "without `force`. Taken back by activating the spider before.",
  })
  activateSpider(
    @Arg("input", () => ActivateSpiderInput) { spiderId, force }: ActivateSpiderInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => ({
      spider: await this.activateSpiderService.run(
        { spiderId: keyOf("Spider", spiderId, "spiderId"), force },
        viewer,
      ),
    }));
  }

  @RequiresRole("VIEWER")
  @Subscription(() => SpiderType, {
    subscribe: ({ args, context }) =>
      (context as Context).watch.spider(keyOf("Spider", args["spiderId"] as string)),
    description:
      "The spider and its curve as they are now, then after every epoch until its training is over.",
  })
  spiderUpdated(
    @Arg("spiderId", () => ID) _spiderId: string,
    @Root() spider: Spider,
    @Ctx() context: Context,
  ) {
    context.renewLoaders();
    return spider;
  }

  @FieldResolver(() => JobType, { nullable: true, description: "What trains or trained it here." })
  job(@Root() spider: Spider, @Ctx() { loaders }: Context) {
    return loaders.jobOfSpider.load(spider.id);
  }

  @FieldResolver(() => [TrainingPointType], { description: "Its training, epoch by epoch." })
  curve(@Root() spider: Spider, @Ctx() { loaders }: Context) {
    return loaders.epochs.load(spider.id);
  }

  @FieldResolver(() => TrainingSummaryType, {
    nullable: true,
    description: "What it learned from; null for one that was trained elsewhere.",
  })
  trainedOn(@Root() spider: Spider, @Ctx() { loaders }: Context) {
    return loaders.training.load(spider.id);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The manifest of its snapshot, as JSON; null unless it is READY.",
  })
  manifest(@Root() { manifest }: Spider): string | null {
    return manifest === null ? null : JSON.stringify(manifest);
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() spider: Spider): string {
    return toGlobalId("Spider", spider.id);
  }

  @FieldResolver(() => PtmSignatureType, {
    description: "How the general encoder takes images, for those who compute class centres at home.",
  })
  encoderSignature(@Root() spider: Spider) {
    return toSignatureType(spider.encoderSignature);
  }

  @FieldResolver(() => Int, { description: "PTMs that it has a token for." })
  zooSize(@Root() spider: Spider, @Ctx() { loaders }: Context) {
    return loaders.tokenCount.load(spider.id);
  }
}

@Resolver(() => TrainingSummaryType)
export class TrainingSummaryResolver {
  @FieldResolver(() => PoolType, { description: "The pool." })
  pool(@Root() training: SpiderTraining, @Ctx() { loaders }: Context) {
    return loaders.pool.load(training.poolId);
  }

  @FieldResolver(() => Int, {
    description: "PTMs that were in the registry and measured on the pool when it began.",
  })
  ptmCount(@Root() { ptmSha256 }: SpiderTraining): number {
    return ptmSha256.length;
  }

  @FieldResolver(() => Int, { description: "Sources of the pool that it learns measured outcomes of." })
  outcomeSourceCount(@Root() { outcomes }: SpiderTraining): number {
    return outcomes.length;
  }

  @FieldResolver(() => String, { description: "Its whole recipe, as JSON." })
  recipe(@Root() { recipe }: SpiderTraining): string {
    return JSON.stringify(recipe);
  }
}
