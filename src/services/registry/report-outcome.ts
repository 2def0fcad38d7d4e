import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { Outcome, type OutcomeProtocol } from "../../entities/outcome.js";
import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { once } from "../access/once.js";
import { entryName } from "./entry-name.js";
import { freeText } from "./free-text.js";
import type { Viewer } from "../access/viewer.js";

const LONGEST_URL = 2000;
/** Characters of a metric's or a split's name. */
const LONGEST_MEASURE = 100;

export interface ReportOutcomeInput {
  readonly taskId: string;
  readonly ptmId: string;
  /** Larger must be better: "accuracy", "auc" ... */
  readonly metric: string;
  readonly value: number;
  readonly protocol: OutcomeProtocol;
  readonly split: string;
  readonly seed: number;
  readonly evidenceUrl?: string | null | undefined;
}

/** Records what was measured for a (PTM, task) pair. */
export class ReportOutcome {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Safe to repeat: a measurement is known by pair, metric, protocol, split and seed.
   *
   * @throws DomainError BAD_USER_INPUT, NOT_FOUND (task, PTM), CONFLICT (the same measurement has another value)
   */
  async run(input: ReportOutcomeInput, viewer: Viewer): Promise<Outcome> {
    if (!Number.isFinite(input.value)) {
      throw new DomainError("BAD_USER_INPUT", `value must be a finite number, got ${input.value}.`);
    }
    if (input.evidenceUrl != null && !/^https?:\/\/\S+$/.test(input.evidenceUrl)) {
      throw new DomainError("BAD_USER_INPUT", "evidenceUrl must be an http or https address without spaces.");
    }
    const evidenceUrl = freeText("evidenceUrl", input.evidenceUrl ?? null, LONGEST_URL);
    const key = {
      taskId: input.taskId,
      ptmId: input.ptmId,
      metric: entryName(input.metric, LONGEST_MEASURE),
      protocol: input.protocol,
      split: entryName(input.split, LONGEST_MEASURE),
      seed: input.seed,
    };
    const { outcome } = await once(this.dataSource, viewer, async (manager) => {
      if (!(await manager.existsBy(Task, { id: input.taskId }))) {
        throw new DomainError("NOT_FOUND", "There is no Task with the id given.");
      }
      if (!(await manager.existsBy(Ptm, { id: input.ptmId }))) {
        throw new DomainError("NOT_FOUND", "There is no Ptm with the id given.");
      }
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Outcome)
        .values({
          id: uuid(),
          ...key,
          value: input.value,
          evidenceUrl,
          reportedBy: viewer.name,
        })
        .orIgnore()
        .returning("id")
        .execute();
      const outcome = await manager.findOneByOrFail(Outcome, { ...key, withdrawn: false });
      if (outcome.value !== input.value) {
        throw new DomainError(
          "CONFLICT",
          `This measurement (${key.metric}, ${key.protocol}, split ${key.split}, seed ${key.seed}) is recorded as ` +
            `${outcome.value}, not ${input.value}; report another run under its own seed or split.`,
        );
      }
      if ((inserted.raw as unknown[]).length > 0) {
        const subject = { type: "Outcome", id: outcome.id };
        await audit(manager, viewer, { action: "reportOutcome", subject, before: null, after: outcome });
      }
      return { outcome };
    });
    return outcome;
  }
}
