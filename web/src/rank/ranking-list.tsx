import { useMemo, useRef } from "react";
import { Link } from "wouter";

import type { RankingPartsFragment } from "../generated/documents.ts";
import { bytes, compact, measured, versioned } from "../ui/format.ts";
import { useMoves } from "./use-moves.ts";

type Entry = RankingPartsFragment["entries"][number];

/** A bar is never so short that it cannot be seen. */
const SHORTEST = 0.03;

/** Fitness has an order and no unit: bars run from the last PTM that is shown to the first. */
function barScale(entries: readonly Entry[]): (fitness: number) => number {
  const values = entries.map(({ fitness }) => fitness);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  return (fitness) => SHORTEST + (1 - SHORTEST) * ((fitness - low) / span);
}

interface Props {
  readonly ranking: RankingPartsFragment;
  readonly shown: number;
  /** PTMs to be marked as worth their cost. */
  readonly unbeaten: ReadonlySet<string>;
}

export function RankingList({ ranking, shown, unbeaten }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const entries = useMemo(() => ranking.entries.slice(0, shown), [ranking, shown]);
  const scale = useMemo(() => barScale(entries), [entries]);
  const best = Math.max(...ranking.entries.map(({ outcome }) => outcome?.value ?? -Infinity));
  useMoves(list, entries.map(({ ptm }) => ptm.id).join());
  return (
    <div className="ranking">
      <div className="ranking-head" aria-hidden>
        <span>Rank</span>
        <span>Model</span>
        <span>
          Fitness <i className="ghost-key" /> static rank
        </span>
        <span>Measured</span>
      </div>
      <ol ref={list} aria-label="PTMs, best first">
        {entries.map((entry) => (
          <Row
            key={entry.ptm.id}
            entry={entry}
            length={scale(entry.fitness)}
            ghost={ghostOf(entry, entries, scale)}
            isUnbeaten={unbeaten.has(entry.ptm.id)}
            isBest={entry.outcome !== null && entry.outcome.value === best}
          />
        ))}
      </ol>
    </div>
  );
}

/** Where this PTM's bar would end if the static ranking were right: at the fitness of whoever has that rank here. */
function ghostOf(
  { staticRank }: Entry,
  entries: readonly Entry[],
  scale: (fitness: number) => number,
): number | undefined {
  if (staticRank === null) return undefined;
  const there = entries[Math.min(staticRank, entries.length) - 1];
  return there && scale(there.fitness);
}

interface RowProps {
  readonly entry: Entry;
  readonly length: number;
  readonly ghost: number | undefined;
  readonly isUnbeaten: boolean;
  readonly isBest: boolean;
}

function Row({ entry, length, ghost, isUnbeaten, isBest }: RowProps) {
  const { ptm, outcome } = entry;
  const risen = entry.coarseRank - entry.rank;
  return (
    <li className="ranking-row" data-key={ptm.id} data-reranked={entry.reranked || undefined}>
      <span className="place">
        <span className="unseen">Rank </span>
        {entry.rank}
        {risen !== 0 && (
          <span className={risen > 0 ? "risen" : "fallen"}>
            <span aria-hidden>
              {risen > 0 ? "▲" : "▼"}
              {Math.abs(risen)}
            </span>
            <span className="unseen">
              , {Math.abs(risen)} {risen > 0 ? "up" : "down"} from the coarse ranking
            </span>
          </span>
        )}
      </span>
      <span className="who">
        <Link href={`/zoo/${ptm.id}`}>{versioned(ptm)}</Link>
        <span className="small muted">
          {compact(ptm.parameterCount)} weights · {bytes(ptm.sizeBytes)}
          {ptm.license && ` · ${ptm.license}`}
        </span>
      </span>
      <span className="how">
        <span className="track" aria-hidden>
          <span className="bar" style={{ width: `${100 * length}%` }} />
          {ghost !== undefined && <span className="ghost" style={{ left: `${100 * ghost}%` }} />}
        </span>
        <span className="figures small">
          <span>
            <span className="unseen">Fitness </span>
            {entry.fitness.toFixed(3)}
          </span>
          {isUnbeaten && <span className="chip dew">unbeaten for its cost</span>}
          {entry.reranked && <span className="chip amber">run on the task</span>}
          {entry.failure && (
            <span className="chip alarm" title={entry.failure}>
              could not be run<span className="unseen">: {entry.failure}</span>
            </span>
          )}
          {entry.staticRank !== null && <span className="muted">static {entry.staticRank}</span>}
        </span>
      </span>
      <span className="outcome">
        {outcome ? (
          <>
            <span className="unseen">Measured </span>
            <span className={isBest ? "best" : undefined}>{measured(outcome.value)}</span>
            <span className="small muted">
              {outcome.metric}
              {isBest && " · best"}
            </span>
          </>
        ) : (
          <span className="muted small">not measured</span>
        )}
      </span>
    </li>
  );
}
