import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { AccessKey } from "../entities/access-key.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { keyOf, toGlobalId } from "../schema/global-id.js";
import { CreateAccessKeyInput, RevokeAccessKeyInput } from "../schema/inputs/access-key.inputs.js";
import { AccessKeyFilterInput } from "../schema/inputs/administrators-filters.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { AccessKeyConnection, AccessKeyType, ViewerType } from "../schema/types/access-key.type.js";
import { CreateAccessKeyPayload, RevokeAccessKeyPayload } from "../schema/types/payloads.type.js";
import { RateLimitType } from "../schema/types/rate-limit.type.js";
import type { BrowseAccess } from "../services/access/browse-access.js";
import type { CreateAccessKey } from "../services/access/create-access-key.js";
import type { RevokeAccessKey } from "../services/access/revoke-access-key.js";
import { AfterArgument, FilterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => AccessKeyType)
export class AccessKeyResolver {
  constructor(
    private readonly browse: BrowseAccess,
    private readonly createService: CreateAccessKey,
    private readonly revokeService: RevokeAccessKey,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => ViewerType, { description: "Who you are to this server." })
  viewer(@Ctx() { viewer }: Context) {
    return viewer;
  }

  @RequiresRole("VIEWER")
  @Query(() => RateLimitType, { description: "How many requests you may still send." })
  rateLimit(@Ctx() { rate }: Context) {
    return rate();
  }

  @RequiresRole("ADMIN")
  @Query(() => AccessKeyConnection, {
    description: "Access keys, newest first; those that ended as well.",
  })
  async accessKeys(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @FilterArgument(() => AccessKeyFilterInput) filter: AccessKeyFilterInput | null,
  ): Promise<Connection<unknown>> {
    return toConnection(await this.browse.accessKeys(filter ?? {}, { first, after }));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => CreateAccessKeyPayload, {
    description: "Makes an access key. Its secret is in this answer and nowhere else.",
  })
  createAccessKey(
    @Arg("input", () => CreateAccessKeyInput) input: CreateAccessKeyInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], () => this.createService.run(input, viewer));
  }

  @RequiresRole("ADMIN")
  @Mutation(() => RevokeAccessKeyPayload, {
    description:
      "Ends an access key for good: requests from now on, open sockets within seconds. Safe to repeat.",
  })
  revokeAccessKey(
    @Arg("input", () => RevokeAccessKeyInput) { accessKeyId }: RevokeAccessKeyInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input", "accessKeyId"], async () => ({
      accessKey: await this.revokeService.run(keyOf("AccessKey", accessKeyId), viewer),
    }));
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() { id }: AccessKey): string {
    return toGlobalId("AccessKey", id);
  }
}
