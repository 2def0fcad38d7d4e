import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres } from "rate-limiter-flexible";
import type { DataSource } from "typeorm";

import type { Config } from "../config.js";

const MINUTE = 60;

/** What counts requests: each process for itself, or one table for all. While the database is away each counts for itself. */
export function createRateLimiter(
  { rateStore, ratePerMinute }: Pick<Config, "rateStore" | "ratePerMinute">,
  dataSource: DataSource,
): RateLimiterAbstract {
  const own = new RateLimiterMemory({ points: ratePerMinute, duration: MINUTE });
  if (rateStore === "memory") return own;
  return new RateLimiterPostgres({
    storeClient: dataSource,
    storeType: "typeorm",
    tableName: "rate_limit",
    tableCreated: true,
    keyPrefix: "requests",
    points: ratePerMinute,
    duration: MINUTE,
    // Who is over the limit is refused without asking again.
    inMemoryBlockOnConsumed: ratePerMinute,
    insuranceLimiter: own,
  });
}
