import { Query, Resolver } from "type-graphql";

import { RequiresRole } from "../schema/requires-role.js";
import { HealthType } from "../schema/types/health.type.js";
import type { ProviderHealth } from "../services/ranking/provider-health.js";

@Resolver()
export class HealthResolver {
  constructor(private readonly providers: ProviderHealth) {}

  @RequiresRole("ADMIN")
  @Query(() => HealthType, { description: "What computes rankings: a GPU or, instead of it, the processor." })
  health(): HealthType {
    const { requested, inUse, fallbackReason } = this.providers.read();
    return {
      requestedProviders: requested.map((provider) => provider.toUpperCase()),
      provider: inUse?.toUpperCase() ?? null,
      fallbackReason: fallbackReason ?? null,
    };
  }
}
