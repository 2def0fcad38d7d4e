import { type DataSource, In } from "typeorm";

import type { Spider } from "../../engine/spider/spider.js";
import { Ptm } from "../../entities/ptm.js";
import type { PtmIds } from "./ptm-ids.js";

/** Where the PTMs that a spider was trained with are in a zoo; both lists in one order. */
export interface LearnedPlaces {
  /** In the zoo. */
  readonly positions: Int32Array;
  /** In the spider. */
  readonly places: Int32Array;
}

/** PTMs of the zoo with the weights of one that the spider was trained with; several may have the same. */
export async function learnedPlaces(
  dataSource: DataSource,
  { ptms }: Spider,
  ptmIds: PtmIds,
): Promise<LearnedPlaces> {
  const placeOf = new Map(ptms.map(({ digest }, place) => [digest, place]));
  const rows = await dataSource
    .getRepository(Ptm)
    .find({ select: { id: true, artifactSha256: true }, where: { artifactSha256: In([...placeOf.keys()]) } });
  const pairs = rows.flatMap(({ id, artifactSha256 }): [number, number][] => {
    const position = ptmIds.positionOf(id);
    return position === undefined ? [] : [[position, placeOf.get(artifactSha256)!]];
  });
  pairs.sort(([a], [b]) => a - b);
  return {
    positions: Int32Array.from(pairs, ([position]) => position),
    places: Int32Array.from(pairs, ([, place]) => place),
  };
}
