import type { DataSource } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { DomainError, inPart } from "../../errors.js";
import { audit } from "../access/audit.js";
import { lockName } from "./lock-name.js";
import { checkedAliases, moveAliases } from "./ptm-aliases.js";
import { checkedCard, checkedLabel, checkedTags } from "./ptm-texts.js";
import type { Viewer } from "../access/viewer.js";

/** What changes; what is undefined stays. */
export interface UpdatePtmInput {
  readonly ptmId: string;
  readonly card?: string | null | undefined;
  readonly license?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly aliases?: readonly string[] | undefined;
}

/** Changes what people wrote about a PTM, never what it is. */
export class UpdatePtm {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Safe to repeat. An alias that another version of the name holds moves to this one.
   *
   * @throws DomainError NOT_FOUND, BAD_USER_INPUT, FORBIDDEN (a protected alias and no curator)
   */
  async run(input: UpdatePtmInput, viewer: Viewer): Promise<Ptm> {
    const { ptmId, card, license, tags } = input;
    const texts = {
      ...(card !== undefined && { card: inPart("card", () => checkedCard(card)) }),
      ...(license !== undefined && { license: inPart("license", () => checkedLabel("license", license)) }),
      ...(tags !== undefined && { tags: inPart("tags", () => checkedTags(tags)) }),
    };
    const aliases = inPart("aliases", () => input.aliases && checkedAliases(input.aliases));
    return this.dataSource.transaction(async (manager) => {
      const before = await lockedPtm(manager, ptmId);
      if (aliases !== undefined) {
        await inPart("aliases", () => moveAliases(manager, before, aliases, viewer));
      }
      if (Object.keys(texts).length > 0) await manager.update(Ptm, { id: ptmId }, texts);
      const after = await manager.findOneByOrFail(Ptm, { id: ptmId });
      const changed = changedColumns(before, after);
      if (changed !== undefined) {
        await audit(manager, viewer, {
          action: "updatePtm",
          subject: { type: "Ptm", id: ptmId },
          ...changed,
        });
      }
      return after;
    });
  }
}

/** The row, and until the transaction ends the say over what its name means. @throws DomainError NOT_FOUND */
export async function lockedPtm(manager: DataSource["manager"], id: string): Promise<Ptm> {
  const found = await manager.findOneBy(Ptm, { id });
  if (found === null) {
    throw new DomainError("NOT_FOUND", "There is no Ptm with the id given.", { part: ["ptmId"] });
  }
  await lockName(manager, "ptm", found.name);
  return manager.findOneOrFail(Ptm, { where: { id }, lock: { mode: "pessimistic_write" } });
}

/** The columns that differ, as they were and as they are; undefined if none does. */
export function changedColumns<Row extends object>(
  before: Row,
  after: Row,
): { before: Partial<Row>; after: Partial<Row> } | undefined {
  const changed = (Object.keys(after) as (keyof Row)[]).filter(
    (column) => JSON.stringify(before[column]) !== JSON.stringify(after[column]),
  );
  if (changed.length === 0) return undefined;
  const of = (row: Row): Partial<Row> =>
    Object.fromEntries(changed.map((column) => [column, row[column]])) as Partial<Row>;
  return { before: of(before), after: of(after) };
}
