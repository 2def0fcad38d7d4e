import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from "type-graphql";

import type { Outcome } from "../entities/outcome.js";
import type { Context } from "../schema/context.js";
import { keyOf, toGlobalId } from "../schema/global-id.js";
import { ReportOutcomeInput } from "../schema/inputs/task.inputs.js";
import { RequiresRole } from "../schema/requires-role.js";
import { settle } from "../schema/settle.js";
import { OutcomeType } from "../schema/types/outcome.type.js";
import { ReportOutcomePayload } from "../schema/types/payloads.type.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { ReportOutcome } from "../services/report-outcome.js";

@Resolver(() => OutcomeType)
export class OutcomeResolver {
  constructor(private readonly reportOutcomeService: ReportOutcome) {}

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
