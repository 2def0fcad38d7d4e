import { Arg, Query, Resolver } from "type-graphql";

import { PtmFilterInput } from "../schema/inputs/ptm-filter.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { PtmFacetsType } from "../schema/types/ptm-facets.type.js";
import type { PtmFacets } from "../services/registry/ptm-facets.js";
import { FirstArgument } from "./page-arguments.js";

@Resolver()
export class PtmFacetsResolver {
  constructor(private readonly facets: PtmFacets) {}

  @RequiresRole("VIEWER")
  @Query(() => PtmFacetsType, {
    description: "Tags, licences and architectures of the PTMs that a filter admits, `first` of each.",
  })
  ptmFacets(
    @FirstArgument() first: number,
    @Arg("filter", () => PtmFilterInput, { nullable: true }) filter: PtmFilterInput | null,
  ) {
    return this.facets.run(filter ?? {}, first);
  }
}
