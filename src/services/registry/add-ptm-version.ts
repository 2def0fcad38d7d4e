import type { DataSource } from "typeorm";

import type { PtmSignature } from "../../engine/tokens/signature.js";
import { Ptm } from "../../entities/ptm.js";
import { DomainError } from "../../errors.js";
import type { AddedPtm, AddPtm } from "./add-ptm.js";
import type { Viewer } from "../access/viewer.js";

/** Other weights; what is absent is taken over from the version before. */
export interface AddPtmVersionInput {
  /** Any version of the PTM. */
  readonly ptmId: string;
  readonly artifact: string;
  readonly signature?: PtmSignature | undefined;
  readonly card?: string | null | undefined;
  readonly license?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly basePtmId?: string | null | undefined;
}

/** Adds other weights under the name of a PTM as its next version. */
export class AddPtmVersion {
  constructor(
    private readonly dataSource: DataSource,
    private readonly addPtm: AddPtm,
  ) {}

  /**
   * Safe to repeat: weights that are a version already are that version.
   *
   * @throws DomainError NOT_FOUND (PTM), and as `AddPtm.run`
   */
  async run({ ptmId, artifact, ...changes }: AddPtmVersionInput, viewer: Viewer): Promise<AddedPtm> {
    const named = await this.dataSource.getRepository(Ptm).findOneBy({ id: ptmId });
    if (named === null)
      throw new DomainError("NOT_FOUND", "There is no Ptm with the id given.", { part: ["ptmId"] });
    const before = await this.dataSource
      .createQueryBuilder(Ptm, "ptm")
      .where("lower(ptm.name) = lower(:name) AND ptm.latest", named)
      .getOneOrFail();
    const { name, modality, architecture, signature, card, license, tags, basePtmId } = before;
    const takenOver = { name, modality, architecture, signature, card, license, tags, basePtmId };
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const input = { ...takenOver, ...(given as Partial<typeof takenOver>), artifact, newVersion: true };
    return this.addPtm.run(input, viewer, "addPtmVersion");
  }
}
