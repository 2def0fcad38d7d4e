import type { DataSource, EntityManager } from "typeorm";

import { Outcome } from "../../entities/outcome.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { checkedReason } from "./retirement.js";
import { changedColumns } from "./update-ptm.js";
import { hasRole, type Viewer } from "../access/viewer.js";

/** What becomes of an outcome after it was reported: it is verified, or withdrawn. */
export class ReviewOutcome {
  constructor(private readonly dataSource: DataSource) {}

  /** Safe to repeat. @throws DomainError NOT_FOUND, FAILED_PRECONDITION (it was withdrawn) */
  async verify(id: string, viewer: Viewer): Promise<Outcome> {
    return this.dataSource.transaction(async (manager) => {
      const before = await locked(manager, id);
      if (before.verified) return before;
      if (before.withdrawn) {
        throw new DomainError("FAILED_PRECONDITION", `The outcome was withdrawn: ${before.withdrawalReason}`);
      }
      const columns = { verifiedAt: new Date(), verifiedBy: viewer.name };
      return change(manager, before, "verifyOutcome", columns, viewer);
    });
  }

  /**
   * Safe to repeat. The outcome counts no more, and the same measurement can be reported anew.
   *
   * @throws DomainError NOT_FOUND, BAD_USER_INPUT (no reason), FORBIDDEN (neither its reporter nor a curator)
   */
  async withdraw(id: string, reason: string, viewer: Viewer): Promise<Outcome> {
    const withdrawalReason = inPart("reason", () => checkedReason(reason));
    return this.dataSource.transaction(async (manager) => {
      const before = await locked(manager, id);
      if (before.reportedBy !== viewer.name && !hasRole(viewer, "CURATOR")) {
        throw new DomainError(
          "FORBIDDEN",
          `Only ${before.reportedBy}, who reported the outcome, or a curator may withdraw it.`,
        );
      }
      if (before.withdrawn) return before;
      const columns = { withdrawnAt: new Date(), withdrawnBy: viewer.name, withdrawalReason };
      return change(manager, before, "withdrawOutcome", columns, viewer);
    });
  }
}

async function locked(manager: EntityManager, id: string): Promise<Outcome> {
  const outcome = await manager.findOne(Outcome, { where: { id }, lock: { mode: "pessimistic_write" } });
  if (outcome === null)
    throw new DomainError("NOT_FOUND", "There is no Outcome with the id given.", { part: ["outcomeId"] });
  return outcome;
}

async function change(
  manager: EntityManager,
  before: Outcome,
  action: string,
  columns: Partial<Outcome>,
  viewer: Viewer,
): Promise<Outcome> {
  await manager.update(Outcome, { id: before.id }, columns);
  const after = await manager.findOneByOrFail(Outcome, { id: before.id });
  const subject = { type: "Outcome", id: before.id };
  await audit(manager, viewer, { action, subject, ...changedColumns(before, after)! });
  return after;
}
