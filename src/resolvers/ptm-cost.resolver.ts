import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Ptm } from "../entities/ptm.js";
import type { Context } from "../schema/context.js";
import { PtmLatencyType } from "../schema/types/ptm-latency.type.js";
import { PtmType } from "../schema/types/ptm.type.js";

/** What PTMs cost to run, where that is no column of theirs. */
@Resolver(() => PtmType)
export class PtmCostResolver {
  @FieldResolver(() => PtmLatencyType, {
    nullable: true,
    description:
      "What it took when it was run last, on a task or for its first time; runs in smaller batches, of few samples, leave it " +
      "as it is. Null until then.",
  })
  latency(@Root() ptm: Ptm, @Ctx() { loaders }: Context) {
    return loaders.latencyOfPtm.load(ptm.id);
  }
}
