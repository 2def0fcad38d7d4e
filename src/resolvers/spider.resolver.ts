import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";

import type { Spider } from "../entities/spider.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { fromGlobalId, toGlobalId } from "../schema/global-id.js";
import { RequiresRole } from "../schema/requires-role.js";
import { PtmSignatureType, toSignatureType } from "../schema/types/ptm-signature.type.js";
import { SpiderConnection, SpiderType } from "../schema/types/spider.type.js";
import type { BrowseRegistry } from "../services/browse-registry.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => SpiderType)
export class SpiderResolver {
  constructor(private readonly browse: BrowseRegistry) {}

  @RequiresRole("VIEWER")
  @Query(() => SpiderType, { nullable: true, description: "One spider; without an id, the active one." })
  async spider(@Arg("id", () => ID, { nullable: true }) id: string | null, @Ctx() { loaders }: Context) {
    if (id === null || id === undefined) return this.browse.activeSpider();
    const reference = fromGlobalId(id);
    return reference?.type === "Spider" ? loaders.spider.load(reference.key) : null;
  }

  @RequiresRole("VIEWER")
  @Query(() => SpiderConnection, { description: "All spiders, newest first." })
  async spiders(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.browse.spiders({ first, after }));
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
