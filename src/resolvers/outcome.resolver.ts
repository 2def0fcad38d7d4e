import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";

import type { Outcome } from "../entities/outcome.js";
import { mapAll } from "../errors.js";
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
import {
  type MeasurementInput,
  ReportOutcomeInput,
  ReportOutcomesInput,
} from "../schema/inputs/report.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { OutcomeConnection, OutcomeType } from "../schema/types/outcome.type.js";
import {
  ReportOutcomePayload,
  ReportOutcomesPayload,
  VerifyOutcomePayload,
  WithdrawOutcomePayload,
} from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { BrowseRegistry } from "../services/registry/browse-registry.js";
import type { OutcomeOrder } from "../services/registry/registry-orders.js";
import type { ReviewOutcome } from "../services/registry/review-outcome.js";
import type { Measurement, ReportOutcome } from "../services/registry/report-outcome.js";
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
    return settle(["input"], async () => ({
      outcome: await this.reportOutcomeService.run(toMeasurement(input), viewer),
    }));
  }

  @RequiresRole("CONTRIBUTOR")
  @Mutation(() => ReportOutcomesPayload, {
    description:
      "Records many measurements, or none of them where one is refused; `userErrors` say which and why. Safe to repeat.",
  })
  reportOutcomes(
    @Arg("input", () => ReportOutcomesInput) { outcomes }: ReportOutcomesInput,
    @Ctx() { viewer }: Context,
  ) {
    return settle(["input", "outcomes"], async () => ({
      outcomes: await this.reportOutcomeService.runMany(mapAll(outcomes, toMeasurement), viewer),
    }));
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
      outcome: await this.review.verify(keyOf("Outcome", outcomeId, "outcomeId"), viewer),
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
      outcome: await this.review.withdraw(keyOf("Outcome", outcomeId, "outcomeId"), reason, viewer),
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

/** @throws DomainError NOT_FOUND for what is no id of that type */
function toMeasurement({ taskId, ptmId, ...rest }: MeasurementInput): Measurement {
  return { ...rest, taskId: keyOf("Task", taskId, "taskId"), ptmId: keyOf("Ptm", ptmId, "ptmId") };
}
