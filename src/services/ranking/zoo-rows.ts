import { setImmediate } from "node:timers/promises";

import type { DataSource } from "typeorm";

import { idBytes, PtmIds } from "./ptm-ids.js";
import { ZooDigest } from "./zoo-digest.js";

/** Ids and digests that one statement gives: a few megabytes. */
const PAGE_ROWS = 65_536;
const DIGESTS_AT_ONCE = 2048;

/** Which tokens a spider has for READY PTMs. */
export interface ZooRows {
  readonly ids: PtmIds;
  /** SHA-256 of each token, 32 bytes each. */
  readonly digests: Uint8Array;
  readonly digest: ZooDigest;
}

/**
 * Lists a zoo. Bytes come in pages of thousands of PTMs as one value each: a million rows as a million objects would hold
 * the event loop for seconds. What is written meanwhile may or may not be seen; zoo_change tells.
 */
export async function listZoo(dataSource: DataSource, spiderId: string): Promise<ZooRows> {
  const pages: { ids: Buffer; digests: Buffer }[] = [];
  for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
    const [page] = await dataSource.query<{ ids: Buffer | null; digests: Buffer; last: string }[]>(
      `SELECT string_agg(uuid_send(ptm_id), ''::bytea ORDER BY ptm_id) AS ids,
              string_agg(decode(digest, 'hex'), ''::bytea ORDER BY ptm_id) AS digests,
              (array_agg(ptm_id ORDER BY ptm_id DESC))[1] AS last
       FROM (SELECT token.ptm_id, token.digest
             FROM ptm_token token JOIN ptm ON ptm.id = token.ptm_id AND ptm.status = 'READY'
             WHERE token.spider_id = $1 AND token.ptm_id > $2
             ORDER BY token.ptm_id LIMIT ${PAGE_ROWS}) page`,
      [spiderId, after],
    );
    if (!page?.ids) break;
    pages.push({ ids: page.ids, digests: page.digests });
    if (page.ids.length < 16 * PAGE_ROWS) break;
    after = page.last;
  }
  const ids = Buffer.concat(pages.map((page) => page.ids));
  const digests = Buffer.concat(pages.map((page) => page.digests));
  const digest = new ZooDigest();
  const ptm = new Uint8Array(48);
  for (let m = 0; m < ids.length / 16; m++) {
    if (m % DIGESTS_AT_ONCE === DIGESTS_AT_ONCE - 1) await setImmediate();
    digest.add(joined(ids, digests, m, ptm));
  }
  return { ids: new PtmIds(ids), digests, digest };
}

/** Id and token digest of one PTM, for ZooDigest. */
export function joined(
  ids: Uint8Array,
  digests: Uint8Array,
  row: number,
  ptm = new Uint8Array(48),
): Uint8Array {
  ptm.set(ids.subarray(16 * row, 16 * (row + 1)));
  ptm.set(digests.subarray(32 * row, 32 * (row + 1)), 16);
  return ptm;
}

/**
 * The tokens of some PTMs, shape [ids, width]; zeros for a PTM that has none any more.
 *
 * @param ids some thousands at most
 */
export async function readTokens(
  dataSource: DataSource,
  spiderId: string,
  width: number,
  ids: readonly string[],
): Promise<Float32Array> {
  const tokens = new Uint8Array(ids.length * width * 4);
  const [found] = await dataSource.query<{ ids: Buffer | null; vectors: Buffer }[]>(
    `SELECT string_agg(uuid_send(ptm_id), ''::bytea ORDER BY ptm_id) AS ids,
            string_agg(vector, ''::bytea ORDER BY ptm_id) AS vectors
     FROM ptm_token WHERE spider_id = $1 AND ptm_id = ANY($2::uuid[])`,
    [spiderId, ids],
  );
  if (found?.ids) {
    const places = new Map(ids.map((id, place) => [idBytes(id).toString("latin1"), place]));
    for (let i = 0; i < found.ids.length / 16; i++) {
      const place = places.get(found.ids.toString("latin1", 16 * i, 16 * (i + 1)))!;
      tokens.set(found.vectors.subarray(4 * width * i, 4 * width * (i + 1)), 4 * width * place);
    }
  }
  return new Float32Array(tokens.buffer);
}

/** What has become of a PTM since a zoo was listed. */
export interface ZooChange {
  readonly id: string;
  /** Null where the PTM has no part in the zoo any more. */
  readonly digest: string | null;
  readonly vector: Buffer | null;
}

/** How many PTMs changed after a version of the zoo. */
export async function countChanges(dataSource: DataSource, version: string): Promise<number> {
  const [{ count } = { count: 0 }] = await dataSource.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM zoo_change WHERE version > $1`,
    [version],
  );
  return count;
}

/** The PTMs that changed after a version of the zoo, as they are now, ascending. */
export async function readChanges(
  dataSource: DataSource,
  spiderId: string,
  version: string,
): Promise<ZooChange[]> {
  return dataSource.query<ZooChange[]>(
    `SELECT change.ptm_id AS id, token.digest, token.vector
     FROM zoo_change change
     LEFT JOIN ptm ON ptm.id = change.ptm_id AND ptm.status = 'READY'
     LEFT JOIN ptm_token token ON token.ptm_id = ptm.id AND token.spider_id = $1
     WHERE change.version > $2 ORDER BY change.ptm_id`,
    [spiderId, version],
  );
}
