import type { DataSource } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { protectedAmong } from "./ptm-aliases.js";
import { checkedRetirement, NOT_RETIRED, type RetirementInput } from "./retirement.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { giveToken } from "../tokens/give-token.js";
import type { JobQueue } from "../background/job-queue.js";
import { queueTokens } from "../tokens/queue-tokens.js";
import { changedColumns, lockedPtm } from "./update-ptm.js";
import type { Viewer } from "../access/viewer.js";

/** Takes a PTM out of rankings, and back into them. Whatever it was in stays as it is. */
export class RetirePtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Safe to repeat: a PTM that is retired already stays as it is.
   *
   * @throws DomainError NOT_FOUND (PTM, successor), BAD_USER_INPUT, FAILED_PRECONDITION (a job is preparing it, or it holds
   *   a protected alias)
   */
  async run(input: RetirementInput, viewer: Viewer): Promise<Ptm> {
    const retirement = checkedRetirement(input, new Date());
    return this.dataSource.transaction(async (manager) => {
      const before = await lockedPtm(manager, input.id);
      if (before.status === "RETIRED") return before;
      // First what waiting does not mend: the answer must not depend on how far a job is.
      const alias = protectedAmong(before.aliases);
      if (alias !== undefined) {
        throw new DomainError(
          "FAILED_PRECONDITION",
          `The PTM is ${alias}; move that alias to another version first (updatePtm).`,
        );
      }
      if (before.status === "INSPECTING" || before.status === "TOKENIZING") {
        throw new DomainError(
          "FAILED_PRECONDITION",
          "A job is still preparing the PTM; retire it when that is over.",
        );
      }
      const { successorId } = retirement;
      if (successorId !== null && !(await manager.existsBy(Ptm, { id: successorId }))) {
        throw new DomainError("NOT_FOUND", "There is no Ptm with the id given.", {
          part: ["successorId"],
        });
      }
      await manager.update(Ptm, { id: input.id }, { status: "RETIRED", ...retirement });
      const after = await manager.findOneByOrFail(Ptm, { id: input.id });
      const subject = { type: "Ptm", id: input.id };
      await audit(manager, viewer, { action: "retirePtm", subject, ...changedColumns(before, after)! });
      return after;
    });
  }

  /**
   * Safe to repeat. The PTM is as it would be had it never been retired: READY with the active spider's token, REGISTERED
   * without one (and TOKENIZING where one can be learned), FAILED if it never ran.
   *
   * @throws DomainError NOT_FOUND
   */
  async undo(ptmId: string, viewer: Viewer): Promise<Ptm> {
    return this.dataSource.transaction(async (manager) => {
      const before = await lockedPtm(manager, ptmId);
      if (before.status !== "RETIRED") return before;
      await manager.update(Ptm, { id: ptmId }, { status: "FAILED", ...NOT_RETIRED });
      if (before.featureWidth !== null) {
        await giveToken(manager, this.snapshots, before);
        await queueTokens(manager, this.queue, ptmId);
      }
      const after = await manager.findOneByOrFail(Ptm, { id: ptmId });
      const subject = { type: "Ptm", id: ptmId };
      await audit(manager, viewer, { action: "unretirePtm", subject, ...changedColumns(before, after)! });
      return after;
    });
  }
}
