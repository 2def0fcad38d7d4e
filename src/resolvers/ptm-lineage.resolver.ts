import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Ptm } from "../entities/ptm.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf } from "../schema/global-id.js";
import {
  AddPtmVersionInput,
  RetirePtmInput,
  UnretirePtmInput,
  UpdatePtmInput,
} from "../schema/inputs/ptm-lineage.inputs.js";
import { PtmOrderEnum } from "../schema/enums.js";
import { PtmFilterInput } from "../schema/inputs/ptm-filter.inputs.js";
import type { PtmOrder } from "../services/registry/registry-orders.js";
import { ChangeFilterInput } from "../schema/inputs/list-filters.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { HistoryConnection } from "../schema/types/history.type.js";
import {
  AddPtmVersionPayload,
  RetirePtmPayload,
  UnretirePtmPayload,
  UpdatePtmPayload,
} from "../schema/types/payloads.type.js";
import { PtmConnection, PtmType } from "../schema/types/ptm.type.js";
import type { AddPtmVersion } from "../services/registry/add-ptm-version.js";
import type { FindByName } from "../services/registry/find-by-name.js";
import type { RetirePtm } from "../services/registry/retire-ptm.js";
import type { UpdatePtm } from "../services/registry/update-ptm.js";
import { AfterArgument, FilterArgument, FirstArgument, OrderArgument } from "./page-arguments.js";
import { toSignature } from "./ptm-signature.js";

/** Where PTMs come from and go to. */
@Resolver(() => PtmType)
export class PtmLineageResolver {
  constructor(
    private readonly find: FindByName,
    private readonly addVersion: AddPtmVersion,
    private readonly update: UpdatePtm,
    private readonly retire: RetirePtm,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => PtmType, {
    nullable: true,
    description: "The version of a PTM that has a number or an alias; without either, the latest.",
  })
  ptmByName(
    @Arg("name", () => String, { description: "Case does not matter." }) name: string,
    @Arg("version", () => Int, { nullable: true, description: "1 is the first." }) version: number | null,
    @Arg("alias", () => String, { nullable: true, description: "Such as `production`." })
    alias: string | null,
  ) {
    return this.find.ptm({ name, version, alias });
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => AddPtmVersionPayload, {
    description: "Adds other weights of a PTM as its next version. Safe to repeat.",
  })
  addPtmVersion(
    @Arg("input", () => AddPtmVersionInput) input: AddPtmVersionInput,
    @Ctx() { viewer }: Context,
  ) {
    const { artifact, signature, baseModelId, license, tags, card } = input;
    return settle(["input"], () =>
      this.addVersion.run(
        {
          ptmId: keyOf("Ptm", input.ptmId, "ptmId"),
          artifact,
          signature: signature ? toSignature(signature) : undefined,
          basePtmId: baseModelId ? keyOf("Ptm", baseModelId, "baseModelId") : baseModelId,
          license,
          tags: tags ?? undefined,
          card,
        },
        viewer,
      ),
    );
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => UpdatePtmPayload, {
    description: "Changes what is written about a PTM: card, licence, tags, aliases. Safe to repeat.",
  })
  updatePtm(@Arg("input", () => UpdatePtmInput) input: UpdatePtmInput, @Ctx() { viewer }: Context) {
    const { card, license, tags, aliases } = input;
    return settle(["input"], async () => ({
      ptm: await this.update.run(
        {
          ptmId: keyOf("Ptm", input.ptmId, "ptmId"),
          card,
          license,
          tags: tags ?? undefined,
          aliases: aliases ?? undefined,
        },
        viewer,
      ),
    }));
  }

  @RequiresRole("CURATOR")
  @Mutation(() => RetirePtmPayload, {
    description: "Takes a PTM out of rankings; it stays readable. Safe to repeat.",
  })
  retirePtm(@Arg("input", () => RetirePtmInput) input: RetirePtmInput, @Ctx() { viewer }: Context) {
    const { ptmId, reason, at, successorId } = input;
    return settle(["input"], async () => ({
      ptm: await this.retire.run(
        {
          id: keyOf("Ptm", ptmId, "ptmId"),
          reason,
          at,
          successorId: successorId && keyOf("Ptm", successorId, "successorId"),
        },
        viewer,
      ),
    }));
  }

  @RequiresRole("CURATOR")
  @Mutation(() => UnretirePtmPayload, { description: "Takes a retired PTM back. Safe to repeat." })
  unretirePtm(@Arg("input", () => UnretirePtmInput) { ptmId }: UnretirePtmInput, @Ctx() { viewer }: Context) {
    return settle(["input"], async () => ({
      ptm: await this.retire.undo(keyOf("Ptm", ptmId, "ptmId"), viewer),
    }));
  }

  @FieldResolver(() => PtmConnection, { description: "All versions of its name." })
  async versions(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => PtmFilterInput) filter: PtmFilterInput | null,
    @OrderArgument(PtmOrderEnum) orderBy: PtmOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.versionsOfPtm.load(ptm.name, { first, after, filter, orderBy }));
  }

  @FieldResolver(() => PtmType, { description: "The newest version of its name." })
  latestVersion(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return ptm.latest ? ptm : loaders.latestPtm.load(ptm.name);
  }

  @FieldResolver(() => PtmType, { nullable: true, description: "The PTM whose weights it was made from." })
  baseModel(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return ptm.basePtmId && loaders.ptm.load(ptm.basePtmId);
  }

  @FieldResolver(() => PtmConnection, { description: "PTMs that were made from its weights." })
  async derived(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => PtmFilterInput) filter: PtmFilterInput | null,
    @OrderArgument(PtmOrderEnum) orderBy: PtmOrder,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.derivedPtms.load(ptm.id, { first, after, filter, orderBy }));
  }

  @FieldResolver(() => PtmType, { nullable: true, description: "What to take in place of a retired PTM." })
  successor(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return ptm.successorId && loaders.ptm.load(ptm.successorId);
  }

  @FieldResolver(() => HistoryConnection, { description: "Who changed what about it, newest first." })
  async history(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => ChangeFilterInput) filter: ChangeFilterInput | null,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<unknown>> {
    return toConnection(await loaders.historyOfPtm.load(ptm.id, { first, after, filter }));
  }
}
