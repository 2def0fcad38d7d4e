import type { EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { CODE_VERSION } from "../../code-version.js";
import type { Matrix } from "../../engine/matrix.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { sha256 } from "../digest.js";

/**
 * Writes the class centres that a run of a PTM on a task gave. What is there stays: the same samples and weights give the
 * same token.
 *
 * @param centres shape [C, d_m]
 */
export async function storeSpecificToken(
  manager: EntityManager,
  pair: { readonly taskId: string; readonly ptmId: string },
  centres: Matrix,
): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(SpecificToken)
    .values({
      id: uuid(),
      ...pair,
      classCount: centres.rows,
      width: centres.columns,
      vectors: centres.values,
      digest: sha256(centres.values),
      codeVersion: CODE_VERSION,
    })
    .orIgnore()
    .execute();
}
