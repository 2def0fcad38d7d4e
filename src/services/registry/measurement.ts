import type { OutcomeProtocol } from "../../entities/outcome.js";
import { DomainError, inPart } from "../../errors.js";
import { entryName } from "./entry-name.js";
import { freeText } from "./free-text.js";

const LONGEST_URL = 2000;
/** Characters of a metric's or a split's name. */
const LONGEST_MEASURE = 100;

/** What somebody measured. */
export interface Measurement {
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

/** A measurement as it is stored and compared. */
export interface StorableMeasurement extends Measurement {
  readonly evidenceUrl: string | null;
}

/** @throws DomainError BAD_USER_INPUT */
export function storable(measurement: Measurement): StorableMeasurement {
  const { value, metric, split } = measurement;
  const evidenceUrl = measurement.evidenceUrl ?? null;
  const part = ["value"];
  if (!Number.isFinite(value)) {
    throw new DomainError("BAD_USER_INPUT", `value must be a finite number, got ${value}.`, { part });
  }
  if (isFraction(metric) && !(value >= 0 && value <= 1)) {
    const instead =
      value > 1 && value <= 100 ? `; for ${value} %, report ${Number((value / 100).toPrecision(12))}` : "";
    const message = `${metric} must be a fraction from 0 to 1, got ${value}${instead}.`;
    throw new DomainError("BAD_USER_INPUT", message, { part });
  }
  if (evidenceUrl !== null && !/^https?:\/\/\S+$/.test(evidenceUrl)) {
    throw new DomainError("BAD_USER_INPUT", "evidenceUrl must be an http or https address without spaces.", {
      part: ["evidenceUrl"],
    });
  }
  return {
    ...measurement,
    evidenceUrl: inPart("evidenceUrl", () => freeText("evidenceUrl", evidenceUrl, LONGEST_URL)),
    metric: inPart("metric", () => entryName(metric, LONGEST_MEASURE, "metric")),
    split: inPart("split", () => entryName(split, LONGEST_MEASURE, "split")),
  };
}

/** One percentage among fractions would be the best outcome ever, and the median, regret and prior of its task worthless. */
function isFraction(metric: string): boolean {
  return metric.trim().toLowerCase() === "accuracy";
}

/** What a measurement is known by (ADR 13). */
export function measurementKey({
  taskId,
  ptmId,
  metric,
  protocol,
  split,
  seed,
}: Omit<Measurement, "value">): string {
  return JSON.stringify([taskId, ptmId, metric, protocol, split, seed]);
}
