import { useMemo } from "react";
import { useQuery } from "urql";

import { UnbeatenDocument } from "../generated/documents.ts";
import { type Question, toFilter } from "./question.ts";

export interface Unbeaten {
  /** PTMs of which no other is both fitter and cheaper. */
  readonly ids: ReadonlySet<string>;
  /** Under what latencies were compared. */
  readonly circumstances: string | null;
}

const NONE: Unbeaten = { ids: new Set(), circumstances: null };

/** The frontier of fitness and the cost that the question names, among the PTMs that it admits. */
export function useUnbeaten(taskId: string, question: Question): Unbeaten {
  const { cost } = question;
  const filter = useMemo(() => toFilter(question), [question]);
  const [{ data }] = useQuery({
    query: UnbeatenDocument,
    variables: { taskId, cost: cost ?? "PARAMETERS", filter },
    pause: cost === undefined,
  });
  return useMemo(() => {
    if (cost === undefined || data === undefined) return NONE;
    const { front, latencyCircumstances: circumstances } = data.pareto;
    return { ids: new Set(front.nodes.map(({ ptm }) => ptm.id)), circumstances };
  }, [cost, data]);
}
