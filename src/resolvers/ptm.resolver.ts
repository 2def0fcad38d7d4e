import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";

import type { Ptm } from "../entities/ptm.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { OutcomeOrderEnum, PtmOrderEnum, RankingOrderEnum } from "../schema/enums.js";
import { fromGlobalId, keyOf, toGlobalId } from "../schema/global-id.js";
import { PtmFilterInput } from "../schema/inputs/ptm-filter.inputs.js";
import { AddPtmInput } from "../schema/inputs/ptm.inputs.js";
import { withKeys } from "../schema/filter-keys.js";
import { OutcomeFilterInput } from "../schema/inputs/outcome.inputs.js";
import { RankingFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { ArtifactType } from "../schema/types/artifact.type.js";
import { JobType } from "../schema/types/job.type.js";
import { OutcomeConnection } from "../schema/types/outcome.type.js";
import { AddPtmPayload } from "../schema/types/payloads.type.js";
import { PtmSignatureType, toSignatureType } from "../schema/types/ptm-signature.type.js";
import { PtmConnection, PtmType } from "../schema/types/ptm.type.js";
import { RankingConnection } from "../schema/types/ranking.type.js";
import { PtmTokenType } from "../schema/types/token.type.js";
import type { AddPtm, AddPtmInput as AddPtmCommand } from "../services/registry/add-ptm.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { AgeOrder, OutcomeOrder, PtmOrder } from "../services/registry/registry-orders.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";
import { toSignature } from "./ptm-signature.js";

@Resolver(() => PtmType)
export class PtmResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly addPtmService: AddPtm,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => PtmType, { nullable: true, description: "One PTM; null if there is none with this id." })
  async ptm(@Arg("id", () => ID) id: string, @Ctx() { loaders }: Context) {
    const reference = fromGlobalId(id);
    return reference?.type === "Ptm" ? loaders.ptm.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => PtmConnection, { description: "The PTMs of the registry, page by page." })
  async ptms(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => PtmFilterInput, { nullable: true }) filter: PtmFilterInput | null,
    @Arg("orderBy", () => PtmOrderEnum, { defaultValue: "NEWEST" }) orderBy: PtmOrder,
  ) {
    return toConnection(await this.browse.ptms(filter ?? {}, orderBy, { first, after }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => AddPtmPayload, {
    description:
      "Adds a PTM: its ONNX file is inspected at once; a job then runs it in a sandbox and gives it its token. Safe to repeat.",
  })
  addPtm(@Arg("input", () => AddPtmInput) input: AddPtmInput, @Ctx() { viewer }: Context) {
    return settle(["input"], async () => this.addPtmService.run(toCommand(input), viewer));
  }

  @RequiresRole("VIEWER")
  @Subscription(() => PtmType, {
    subscribe: ({ args, context }) => (context as Context).watch.ptm(keyOf("Ptm", args["ptmId"] as string)),
    description: "The PTM as it is now, then after every change.",
  })
  ptmUpdated(@Arg("ptmId", () => ID) _ptmId: string, @Root() ptm: Ptm, @Ctx() context: Context) {
    context.renewLoaders();
    return ptm;
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() ptm: Ptm): string {
    return toGlobalId("Ptm", ptm.id);
  }

  @FieldResolver(() => PtmSignatureType, { description: "How it takes images and gives features." })
  signature(@Root() { signature }: Ptm) {
    return toSignatureType(signature);
  }

  @FieldResolver(() => ArtifactType, { description: "Its ONNX file." })
  artifact(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return loaders.artifact.load(ptm.artifactSha256);
  }

  @FieldResolver(() => PtmTokenType, {
    nullable: true,
    description: "Its token for a spider; without one, the active.",
  })
  token(
    @Root() ptm: Ptm,
    @Arg("spider", () => ID, { nullable: true }) spider: string | null,
    @Ctx() { loaders }: Context,
  ) {
    return loaders.ptmToken.load({ ptmId: ptm.id, spiderId: spider && keyOf("Spider", spider) });
  }

  @FieldResolver(() => JobType, {
    nullable: true,
    description: "The latest job that prepares or prepared it.",
  })
  job(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return loaders.latestPtmJob.load(ptm.id);
  }

  @FieldResolver(() => OutcomeConnection, { description: "What was measured with it." })
  async outcomes(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => OutcomeFilterInput) filter: OutcomeFilterInput | null,
    @OrderArgument(OutcomeOrderEnum) orderBy: OutcomeOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(
      await loaders.outcomesOfPtm.load(ptm.id, {
        first,
        after,
        filter: withKeys(filter ?? {}, { taskId: "Task", ptmId: "Ptm" }),
        orderBy,
      }),
    );
  }

  @FieldResolver(() => RankingConnection, { description: "Kept rankings that it stands in." })
  async rankings(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => RankingFilterInput) filter: RankingFilterInput | null,
    @OrderArgument(RankingOrderEnum) orderBy: AgeOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.rankingsOfPtm.load(ptm.id, { first, after, filter, orderBy }));
  }
}

function toCommand({ signature, baseModelId, ...input }: AddPtmInput): AddPtmCommand {
  const basePtmId = baseModelId && keyOf("Ptm", baseModelId, "baseModelId");
  return { ...input, basePtmId, signature: toSignature(signature) };
}
