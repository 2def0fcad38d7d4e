import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Outcome } from "../entities/outcome.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import { OutcomeOrderEnum } from "../schema/enums.js";
import { withKeys } from "../schema/filter-keys.js";
import { keyOf, toGlobalId } from "../schema/global-id.js";
import {
  OutcomeFilterInput,
  VerifyOutcomeInput,
  WithdrawOutcomeInput,
} from "../schema/inputs/outcome.inputs.js";
import { ReportOutcomeInput } from "../schema/inputs/task.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { OutcomeConnection, OutcomeType } from "../schema/types/outcome.type.js";
import {
  ReportOutcomePayload,
  VerifyOutcomePayload,
  WithdrawOutcomePayload,
} from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { OutcomeOrder } from "../services/registry/registry-orders.js";
import type { ReviewOutcome } from "../services/registry/review-outcome.js";
import type { ReportOutcome } from "../services/registry/report-outcome.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => OutcomeType)
export class OutcomeResolver {
  constructor(
    private readonly browse: BrowseRegistry,
    private readonly reportOutcomeService: ReportOutcome,
    private readonly review: ReviewOutcome,
  ) {}

  @RequiresRole("VIEWER")
  @Query(() => OutcomeConnection, { description: "What was measured, page by page." })
  async outcomes(
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
    @Arg("filter", () => OutcomeFilterInput, { nullable: true }) filter: OutcomeFilterInput | null,
    @Arg("orderBy", () => OutcomeOrderEnum, { defaultValue: "NEWEST" }) orderBy: OutcomeOrder,
  ): Promise<Connection<unknown>> {
    const conditions = withKeys(filter ?? {}, { taskId: "Task", ptmId: "Ptm" });
    return toConnection(await this.browse.outcomes(conditions, orderBy, { first, after }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => ReportOutcomePayload, {
    description: "Records what was measured for a PTM on a task. Safe to repeat.",
  })
  reportOutcome(
    @Arg("input", () => ReportOutcomeInput) input: ReportOutcomeInput,
    @Ctx() { viewer }: Context,
  ) {
    const { metric, value, protocol, split, seed, evidenceUrl } = input;
    return settle(["input"], async () => {
      const pair = { taskId: keyOf("Task", input.taskId), ptmId: keyOf("Ptm", input.ptmId) };
      const measurement = { ...pair, metric, value, protocol, split, seed, evidenceUrl };
      return { outcome: await this.reportOutcomeService.run(measurement, viewer) };
    });
  }

  @RequiresRole("CURATOR")
  @Mutation(() => VerifyOutcomePayload, {
    description: "Says that a curator has checked an outcome. Safe to repeat.",
  })
  verifyOutcome(
    @Arg("input", () => VerifyOutcomeInput) { outcomeId }: VerifyOutcomeInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => ({
      outcome: await this.review.verify(keyOf("Outcome", outcomeId), viewer),
    }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => WithdrawOutcomePayload, {
    description:
      "Takes an outcome out of all that is computed from outcomes: its reporter may, or a curator. It stays readable, and " +
      "the measurement can be reported anew. Safe to repeat.",
  })
  withdrawOutcome(
    @Arg("input", () => WithdrawOutcomeInput) { outcomeId, reason }: WithdrawOutcomeInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input"], async () => ({
      outcome: await this.review.withdraw(keyOf("Outcome", outcomeId), reason, viewer),
    }));
  }

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() outcome: Outcome): string {
    return toGlobalId("Outcome", outcome.id);
  }

  @FieldResolver(() => TaskType, { description: "The task it was measured on." })
  task(@Root() outcome: Outcome, @Ctx() { loaders }: Context) {
    return loaders.task.load(outcome.taskId);
  }

  @FieldResolver(() => PtmType, { description: "The PTM that was measured." })
  ptm(@Root() outcome: Outcome, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(outcome.ptmId);
  }
}
