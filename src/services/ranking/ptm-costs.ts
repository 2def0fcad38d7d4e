import type { DataSource } from "typeorm";

import type { PtmIds } from "./ptm-ids.js";
import { valuesByPosition } from "./ptm-pages.js";

export const PTM_COSTS = ["PARAMETERS", "MACS", "SIZE", "LATENCY"] as const;
export type PtmCost = (typeof PTM_COSTS)[number];

/** The circumstances in which most latencies were measured, of equally many the latest; others are not comparable. */
const COMMON_CIRCUMSTANCES = `
  SELECT machine, provider, threads, batch_size FROM ptm_latency
  GROUP BY machine, provider, threads, batch_size ORDER BY count(*) DESC, max(measured_at) DESC LIMIT 1`;

const SOURCES: Readonly<Record<PtmCost, string>> = {
  PARAMETERS: "SELECT id, parameter_count AS value FROM ptm",
  MACS: "SELECT id, macs AS value FROM ptm",
  SIZE: "SELECT id, size_bytes AS value FROM ptm",
  LATENCY: `SELECT ptm_id AS id, milliseconds AS value FROM ptm_latency NATURAL JOIN (${COMMON_CIRCUMSTANCES}) common`,
};

/** A cost of each PTM, by position; NaN where it is not known. */
export function readCosts(dataSource: DataSource, cost: PtmCost, ids: PtmIds): Promise<Float64Array> {
  return valuesByPosition(dataSource, SOURCES[cost], ids);
}

/** What latencies are compared under, in words; null while none was measured. */
export async function latencyCircumstances(dataSource: DataSource): Promise<string | null> {
  const [common]: { machine: string; provider: string; threads: number; batch_size: number }[] =
    await dataSource.query(COMMON_CIRCUMSTANCES);
  if (common === undefined) return null;
  const { machine, provider, threads, batch_size: batchSize } = common;
  return `batches of ${batchSize}, ${threads} thread${threads === 1 ? "" : "s"} on ${provider}, ${machine}`;
}
