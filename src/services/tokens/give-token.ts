import type { EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import { CODE_VERSION } from "../../code-version.js";
import type { SpiderPtm } from "../../engine/spider/spider.js";
import { PtmProjection } from "../../entities/ptm-projection.js";
import { PtmToken } from "../../entities/ptm-token.js";
import { Ptm } from "../../entities/ptm.js";
import { Spider } from "../../entities/spider.js";
import { sha256 } from "../digest.js";
import type { SpiderSnapshots } from "./spider-snapshots.js";

/** Of one statement. */
const ROWS_AT_ONCE = 500;

type PtmKey = Pick<Ptm, "id" | "artifactSha256">;

/** Whether a spider has a token for exactly a PTM's weights, learned with it or added to it. */
export async function hasToken(
  manager: EntityManager,
  snapshots: SpiderSnapshots,
  spider: Spider,
  ptm: PtmKey,
): Promise<boolean> {
  const learned = (await snapshots.read(spider)).ptms.some(({ digest }) => digest === ptm.artifactSha256);
  return learned || manager.existsBy(PtmToken, { ptmId: ptm.id, spiderId: spider.id });
}

/**
 * Gives a PTM the token that the active spider has for exactly its weights and makes it READY, or says why it has none.
 * In the caller's transaction.
 */
export async function giveToken(
  manager: EntityManager,
  snapshots: SpiderSnapshots,
  ptm: PtmKey,
): Promise<void> {
  const spider = await manager.findOneBy(Spider, { active: true });
  if (spider === null || !(await hasToken(manager, snapshots, spider, ptm))) {
    const statusReason = spider
      ? withoutToken(spider)
      : "No spider is active; the PTM joins rankings when one that knows it is.";
    await manager.update(Ptm, { id: ptm.id }, { status: "REGISTERED", statusReason });
    return;
  }
  const { ptms } = await snapshots.read(spider);
  const learned = ptms.find(({ digest }) => digest === ptm.artifactSha256);
  if (learned !== undefined) await keepToken(manager, spider, ptm, learned.token);
  await manager.update(Ptm, { id: ptm.id }, { status: "READY", statusReason: null });
}

/** Writes down the tokens that a spider learned with itself, for those of the PTMs that it knows. In the caller's transaction. */
export async function keepSnapshotTokens(
  manager: EntityManager,
  snapshots: SpiderSnapshots,
  spider: Spider,
  ptms: readonly PtmKey[],
): Promise<void> {
  const learned = new Map((await snapshots.read(spider)).ptms.map(({ digest, token }) => [digest, token]));
  const rows = ptms.flatMap((ptm) => {
    const token = learned.get(ptm.artifactSha256);
    return token === undefined ? [] : [tokenRow(spider, ptm, token)];
  });
  for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE) {
    await insertTokens(manager, rows.slice(begin, begin + ROWS_AT_ONCE));
  }
}

/** Why a PTM takes part in no ranking of a spider. */
export function withoutToken({ version }: Spider): string {
  return (
    `Spider ${version} has no token for these weights and there is no pool to learn one from; the PTM joins ` +
    "rankings with a spider that has one."
  );
}

/** Writes down what was learned of a PTM that a spider's snapshot does not know. In the caller's transaction. */
export async function keepLearnedToken(
  manager: EntityManager,
  spider: Spider,
  ptm: PtmKey,
  { token, projection, projectionBias }: SpiderPtm,
): Promise<void> {
  await keepToken(manager, spider, ptm, token);
  const { id: tokenId } = await manager.findOneByOrFail(PtmToken, { ptmId: ptm.id, spiderId: spider.id });
  await manager
    .createQueryBuilder()
    .insert()
    .into(PtmProjection)
    .values({ tokenId, width: projection.columns, weight: projection.values, bias: projectionBias })
    .orIgnore()
    .execute();
}

function keepToken(manager: EntityManager, spider: Spider, ptm: PtmKey, vector: Float32Array): Promise<void> {
  return insertTokens(manager, [tokenRow(spider, ptm, vector)]);
}

function tokenRow({ id: spiderId, width }: Spider, { id: ptmId }: PtmKey, vector: Float32Array) {
  return { id: uuid(), ptmId, spiderId, width, vector, digest: sha256(vector), codeVersion: CODE_VERSION };
}

async function insertTokens(
  manager: EntityManager,
  rows: readonly ReturnType<typeof tokenRow>[],
): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(PtmToken)
    .values([...rows])
    .orIgnore()
    .execute();
}
