import type { PtmCost } from "../generated/documents.ts";
import { counted } from "../ui/format.ts";
import { COSTS, type Question } from "./question.ts";
import type { Unbeaten } from "./use-unbeaten.ts";

interface Props {
  readonly question: Question;
  readonly unbeaten: Unbeaten;
  readonly onChange: (cost: PtmCost | undefined) => void;
}

/** Marks the PTMs that are worth their cost: every other is less fit or dearer than one of them. */
export function TradeOff({ question: { cost, ranking }, unbeaten, onChange }: Props) {
  const isUncompared = cost === "LATENCY" && ranking !== undefined;
  return (
    <section className="panel stack trade-off" aria-labelledby="trade-off">
      <h2 id="trade-off">Worth its cost</h2>
      <label>
        <span className="label">Mark what nothing beats in fitness and</span>
        <select
          className="select"
          value={cost ?? ""}
          onChange={(event) => onChange((event.target.value || undefined) as PtmCost | undefined)}
        >
          <option value="">no cost</option>
          {Object.entries(COSTS).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {isUncompared && (
        <p className="small muted" role="status">
          Latencies are compared in the coarse ranking.
        </p>
      )}
      {cost !== undefined && !isUncompared && (
        <p className="small muted" role="status">
          {counted(unbeaten.ids.size, "PTM")}: every other is less fit or has more {COSTS[cost]} than one of
          them.
          {unbeaten.circumstances && ` Compared: ${unbeaten.circumstances}.`}
        </p>
      )}
    </section>
  );
}
