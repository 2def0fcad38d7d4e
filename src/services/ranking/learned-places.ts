import { type DataSource, In } from "typeorm";

import type { LearnedPlaces } from "../../engine/runtime/ranked-zoo.js";
import { placesOfCompanions, type Spider } from "../../engine/spider/spider.js";
import { Ptm } from "../../entities/ptm.js";
import type { PtmIds } from "./ptm-ids.js";

/** PTMs of the zoo with the weights of one that the spider's companions know; several may have the same. */
export async function learnedPlaces(
  dataSource: DataSource,
  spider: Spider,
  ptmIds: PtmIds,
): Promise<LearnedPlaces> {
  const known = [...placesOfCompanions(spider)];
  const placeOf = new Map(known.map((m, place) => [spider.ptms[m]!.digest, place]));
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
