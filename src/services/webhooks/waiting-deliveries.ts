import type { DataSource } from "typeorm";

import type { WaitingDeliveries } from "../../metrics.js";

/** Deliveries that are not over, by why they wait; an index of those answers it, however long the history is. */
export async function waitingDeliveries(dataSource: DataSource): Promise<WaitingDeliveries[]> {
  return dataSource.query(
    `SELECT CASE WHEN next_attempt_at IS NULL THEN 'DISABLED' WHEN next_attempt_at > now() THEN 'LATER' ELSE 'DUE' END AS reason,
            count(*)::int AS count, extract(epoch FROM now() - min(created_at))::float8 AS "ageSeconds"
     FROM webhook_delivery WHERE state = 'PENDING' GROUP BY reason`,
  );
}
