import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Ptm } from "../entities/ptm.js";
import type { Context } from "../schema/context.js";
import { AddPtmWarningType } from "../schema/types/add-ptm-warning.type.js";
import { AddPtmPayload, AddPtmVersionPayload } from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import type { NearDuplicate, NearDuplicates } from "../services/registry/near-duplicates.js";

interface Payload {
  /** Absent if nothing was added. */
  readonly ptm?: Ptm;
}

const MOST_WARNINGS = 10;
const DESCRIPTION =
  "What whoever adds it should know: PTMs that it is once more, the most alike ten. It is added all the same. Those of the same " +
  "file are known at once, those that see images alike when its job is over: see `Ptm.nearDuplicates`.";

function warningsOf(duplicates: NearDuplicates, { ptm }: Payload): Promise<NearDuplicate[]> {
  return ptm === undefined ? Promise.resolve([]) : duplicates.run(ptm.id, MOST_WARNINGS);
}

@Resolver(() => AddPtmPayload)
export class AddPtmWarningsResolver {
  constructor(private readonly duplicates: NearDuplicates) {}

  @FieldResolver(() => [AddPtmWarningType], { description: DESCRIPTION })
  warnings(@Root() payload: Payload) {
    return warningsOf(this.duplicates, payload);
  }
}

@Resolver(() => AddPtmVersionPayload)
export class AddPtmVersionWarningsResolver {
  constructor(private readonly duplicates: NearDuplicates) {}

  @FieldResolver(() => [AddPtmWarningType], { description: DESCRIPTION })
  warnings(@Root() payload: Payload) {
    return warningsOf(this.duplicates, payload);
  }
}

@Resolver(() => AddPtmWarningType)
export class AddPtmWarningResolver {
  @FieldResolver(() => String, { description: "The same in words." })
  async message(@Root() { ptmId, reason, similarity }: NearDuplicate, @Ctx() { loaders }: Context) {
    const ptm = await loaders.ptm.load(ptmId);
    const who = `PTM "${ptm?.name}" version ${ptm?.version}`;
    return reason === "SAME_FILE"
      ? `${who} is made of the same file.`
      : `${who} sees images nearly alike (${similarity.toFixed(3)}).`;
  }

  @FieldResolver(() => PtmType, { description: "The PTM that it is about." })
  ptm(@Root() { ptmId }: NearDuplicate, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(ptmId);
  }
}
