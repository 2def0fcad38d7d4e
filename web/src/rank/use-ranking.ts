import { useMemo } from "react";
import { type CombinedError, useQuery, useSubscription } from "urql";

import { RankDocument, type RankingPartsFragment, RankingUpdatedDocument } from "../generated/documents.ts";
import { type Question, toFilter } from "./question.ts";

export interface RankingView {
  readonly ranking: RankingPartsFragment | undefined;
  /** Whether `ranking` is still that of the question before. */
  readonly stale: boolean;
  readonly error: CombinedError | undefined;
  readonly retry: () => void;
}

/** A ranking that was written down is older than what was measured since; the coarse one of this moment knows it. */
function withOutcomes(
  ranking: RankingPartsFragment,
  now: RankingPartsFragment | undefined,
): RankingPartsFragment {
  const known = new Map(now?.entries.map(({ ptm, outcome }) => [ptm.id, outcome]));
  const entries = ranking.entries.map((entry) => ({
    ...entry,
    outcome: entry.outcome ?? known.get(entry.ptm.id) ?? null,
  }));
  return { ...ranking, entries };
}

/** The coarse ranking, or the re-ranking that the question names, which moves while it is under way. */
export function useRanking(taskId: string, question: Question): RankingView {
  const filter = useMemo(() => toFilter(question), [question]);
  const [coarse, ask] = useQuery({
    query: RankDocument,
    variables: { taskId, topK: question.topK, filter },
  });
  const [live] = useSubscription({
    query: RankingUpdatedDocument,
    variables: { rankingId: question.ranking ?? "" },
    pause: question.ranking === undefined,
  });
  const watched = question.ranking === undefined ? undefined : live.data?.rankingUpdated;
  const now = coarse.data?.rank;
  const ranking = useMemo(
    () => (watched !== undefined && watched.id === question.ranking ? withOutcomes(watched, now) : now),
    [watched, now, question.ranking],
  );
  return {
    ranking,
    stale: coarse.fetching || coarse.stale,
    error: coarse.error ?? (question.ranking === undefined ? undefined : live.error),
    retry: () => ask({ requestPolicy: "network-only" }),
  };
}
