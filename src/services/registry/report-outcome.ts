import type { DataSource } from "typeorm";

import type { Outcome } from "../../entities/outcome.js";
import { DomainError, DomainErrors, mapAll } from "../../errors.js";
import { once } from "../access/once.js";
import type { Viewer } from "../access/viewer.js";
import { type Measurement, storable } from "./measurement.js";
import { recordOutcomes } from "./record-outcomes.js";

export type { Measurement } from "./measurement.js";

/** Measurements of one report: a transaction of some hundred milliseconds. */
export const LARGEST_REPORT = 1000;

/** Records what was measured for (PTM, task) pairs. */
export class ReportOutcome {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Safe to repeat: a measurement is known by pair, metric, protocol, split and seed.
   *
   * @throws DomainError BAD_USER_INPUT, NOT_FOUND (task, PTM), CONFLICT (the same measurement has another value)
   */
  async run(input: Measurement, viewer: Viewer): Promise<Outcome> {
    const measurement = storable(input);
    try {
      const { outcome } = await once(this.dataSource, viewer, async (manager) => {
        const [outcome] = await recordOutcomes(manager, viewer, "reportOutcome", [measurement]);
        return { outcome: outcome! };
      });
      return outcome;
    } catch (error) {
      throw error instanceof DomainErrors ? error.errors[0]!.error : error;
    }
  }

  /**
   * As `run` for many, all or none. Takes as many statements for a thousand as for one.
   *
   * @returns in the order of the measurements; equal ones are one outcome
   * @throws DomainErrors as `run`, by place; DomainError BAD_USER_INPUT for none or too many
   */
  async runMany(inputs: readonly Measurement[], viewer: Viewer): Promise<Outcome[]> {
    if (inputs.length === 0 || inputs.length > LARGEST_REPORT) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `outcomes must hold 1 to ${LARGEST_REPORT} measurements, got ${inputs.length}.`,
      );
    }
    const measurements = mapAll(inputs, storable);
    return this.dataSource.transaction((manager) =>
      recordOutcomes(manager, viewer, "reportOutcomes", measurements),
    );
  }
}
