import { useMemo } from "react";
import { useQuery } from "urql";

import { type PtmCost, type RankingPartsFragment, UnbeatenDocument } from "../generated/documents.ts";
import { type Question, toFilter } from "./question.ts";

export interface Unbeaten {
  /** PTMs of which no other is both fitter and cheaper. */
  readonly ids: ReadonlySet<string>;
  /** Under what latencies were compared. */
  readonly circumstances: string | null;
}

const NONE: Unbeaten = { ids: new Set(), circumstances: null };

/**
 * The frontier of fitness and the cost that the question names: of all PTMs that it admits, which the server compares, or of a
 * re-ranking that is shown, whose order the server's coarse fitness is not.
 */
export function useUnbeaten(
  taskId: string,
  question: Question,
  ranking: RankingPartsFragment | undefined,
): Unbeaten {
  const { cost } = question;
  const filter = useMemo(() => toFilter(question), [question]);
  const isReranking = question.ranking !== undefined;
  const [{ data }] = useQuery({
    query: UnbeatenDocument,
    variables: { taskId, cost: cost ?? "PARAMETERS", filter },
    pause: cost === undefined || isReranking,
  });
  return useMemo(() => {
    if (cost === undefined) return NONE;
    if (isReranking) {
      const shown = ranking?.id === question.ranking ? ranking.entries : [];
      return { ids: cheapestSoFar(shown, cost), circumstances: null };
    }
    if (data === undefined) return NONE;
    const { front, latencyCircumstances: circumstances } = data.pareto;
    return { ids: new Set(front.nodes.map(({ ptm }) => ptm.id)), circumstances };
  }, [cost, data, isReranking, question.ranking, ranking]);
}

type Entries = RankingPartsFragment["entries"];
type Ptm = Entries[number]["ptm"];

/** Latencies come with circumstances, under which the server alone compares them. */
const COST_OF: Readonly<Record<PtmCost, (ptm: Ptm) => number | null>> = {
  PARAMETERS: ({ parameterCount }) => parameterCount,
  MACS: ({ macs }) => macs,
  SIZE: ({ sizeBytes }) => sizeBytes,
  LATENCY: () => null,
};

/** Only what stands before a PTM can beat it, so the first entries of a ranking say it of themselves. */
function cheapestSoFar(entries: Entries, cost: PtmCost): ReadonlySet<string> {
  const ids = new Set<string>();
  let least = Infinity;
  for (const { ptm } of entries) {
    const value = COST_OF[cost](ptm);
    if (value === null || value >= least) continue;
    least = value;
    ids.add(ptm.id);
  }
  return ids;
}
