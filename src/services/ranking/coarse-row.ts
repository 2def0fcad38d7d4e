import type { RankingEntry } from "../../entities/ranking-entry.js";
import type { RankedEntry } from "./rank-zoo.js";

type CoarseRow = Pick<
  RankingEntry,
  "rankingId" | "rank" | "ptmId" | "fitness" | "coarseFitness" | "coarseRank" | "staticRank" | "reranked"
>;

/** One line of a coarse ranking as it is written down: no PTM was run, so both fitnesses are the same. */
export function coarseRow(rankingId: string, entry: RankedEntry): CoarseRow {
  const { rank, ptmId, fitness, coarseRank, staticRank } = entry;
  return {
    rankingId,
    rank,
    ptmId,
    fitness,
    coarseFitness: fitness,
    coarseRank,
    staticRank,
    reranked: false,
  };
}
