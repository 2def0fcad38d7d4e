import type { DataSource } from "typeorm";

import { type Estimate, estimateMean, resampleTasks } from "../../engine/evaluation/bootstrap.js";
import { uniformStream } from "../../engine/random.js";
import { regretAt } from "../../engine/ranking/regret.js";
import { weightedTau } from "../../engine/ranking/weighted-tau.js";

/** The latest rankings that an evaluation looks at. */
const MOST_RANKINGS = 1000;
/** Of the bootstrap's draws: the same rankings give the same intervals. */
const SEED = 1;

export interface EvaluationQuestion {
  readonly taskId?: string | undefined;
  readonly spiderId?: string | undefined;
  /** Rankings from then on. */
  readonly since?: Date | null | undefined;
  /** Whether outcomes that no curator has verified are left out. */
  readonly verifiedOnly: boolean;
}

/** How well an order agrees with what was measured after it was written down. */
export interface LaterQuality {
  /** Null where it is undefined: fewer than two outcomes, or all equal. */
  readonly weightedTau: number | null;
  /** In points, outcomes being fractions. */
  readonly regretAt1: number;
  readonly regretAt3: number;
}

export interface EvaluatedRanking {
  readonly id: string;
  readonly taskId: string;
  /** PTMs of its list that were measured since. */
  readonly outcomeCount: number;
  readonly spider: LaterQuality;
  /** Null where a measured PTM had no static rank. */
  readonly static: LaterQuality | null;
}

export type QualityMeans = { readonly [Measure in keyof LaterQuality]: Estimate | null };

export interface RankingsEvaluation {
  /** Newest first. */
  readonly rankings: readonly EvaluatedRanking[];
  readonly taskCount: number;
  readonly spider: QualityMeans;
  readonly static: QualityMeans;
}

interface MeasuredEntry {
  readonly rankingId: string;
  readonly taskId: string;
  readonly rank: number;
  readonly staticRank: number | null;
  readonly measure: string;
  readonly value: number;
}

/**
 * Closes the loop: compares rankings that were written down with what was measured after them. What was known before says
 * nothing about foresight and is left out.
 */
export class EvaluateRankings {
  constructor(private readonly dataSource: DataSource) {}

  async run(question: EvaluationQuestion): Promise<RankingsEvaluation> {
    const byRanking = new Map<string, MeasuredEntry[]>();
    for (const entry of await this.#measured(question)) {
      const entries = byRanking.get(entry.rankingId) ?? [];
      byRanking.set(entry.rankingId, entries);
      entries.push(entry);
    }
    const rankings = [...byRanking.values()].map((entries) => evaluated(widest(entries)));
    return {
      rankings,
      taskCount: new Set(rankings.map(({ taskId }) => taskId)).size,
      spider: means(rankings, ({ spider }) => spider),
      static: means(rankings, (ranking) => ranking.static),
    };
  }

  /** Entries of rankings with the medians of what was measured after them, newest ranking first, best rank first. */
  #measured({ taskId, spiderId, since, verifiedOnly }: EvaluationQuestion): Promise<MeasuredEntry[]> {
    return this.dataSource.query(
      `WITH considered AS (
         SELECT id, task_id, created_at FROM ranking
         WHERE stage IN ('COARSE', 'RERANKED')
           AND ($1::uuid IS NULL OR task_id = $1) AND ($2::uuid IS NULL OR spider_id = $2)
           AND ($3::timestamptz IS NULL OR created_at >= $3)
           AND EXISTS (SELECT FROM outcome WHERE outcome.task_id = ranking.task_id AND NOT withdrawn
                         AND outcome.created_at > ranking.created_at AND (verified OR NOT $4))
         ORDER BY id DESC LIMIT ${MOST_RANKINGS}
       )
       SELECT considered.id AS "rankingId", considered.task_id AS "taskId", entry.rank, entry.static_rank AS "staticRank",
              outcome.metric || ' ' || outcome.protocol AS measure,
              percentile_cont(0.5) WITHIN GROUP (ORDER BY outcome.value) AS value
       FROM considered
       JOIN ranking_entry AS entry ON entry.ranking_id = considered.id
       JOIN outcome ON outcome.task_id = considered.task_id AND outcome.ptm_id = entry.ptm_id AND NOT withdrawn
                   AND outcome.created_at > considered.created_at AND (verified OR NOT $4)
       GROUP BY 1, 2, 3, 4, 5
       ORDER BY 1 DESC, 5, 3`,
      [taskId, spiderId, since ?? null, verifiedOnly],
    );
  }
}

/** Values of one metric and protocol can be compared; the one that covers most PTMs says most. */
function widest(entries: readonly MeasuredEntry[]): MeasuredEntry[] {
  const byMeasure = new Map<string, MeasuredEntry[]>();
  for (const entry of entries) byMeasure.set(entry.measure, [...(byMeasure.get(entry.measure) ?? []), entry]);
  return [...byMeasure.values()].reduce((best, other) => (other.length > best.length ? other : best));
}

function evaluated(entries: readonly MeasuredEntry[]): EvaluatedRanking {
  const { rankingId, taskId } = entries[0]!;
  const outcomes = entries.map(({ value }) => value);
  const known = entries.every(({ staticRank }) => staticRank !== null);
  return {
    id: rankingId,
    taskId,
    outcomeCount: entries.length,
    spider: quality(
      outcomes,
      entries.map(({ rank }) => -rank),
    ),
    static: known
      ? quality(
          outcomes,
          entries.map(({ staticRank }) => -staticRank!),
        )
      : null,
  };
}

function quality(outcomes: readonly number[], scores: readonly number[]): LaterQuality {
  const tau = weightedTau(outcomes, scores);
  return {
    weightedTau: Number.isNaN(tau) ? null : tau,
    regretAt1: 100 * regretAt(1, scores, outcomes),
    regretAt3: 100 * regretAt(3, scores, outcomes),
  };
}

/** Means over tasks of the means over a task's rankings, so that a task that is ranked often does not count more. */
function means(
  rankings: readonly EvaluatedRanking[],
  of: (ranking: EvaluatedRanking) => LaterQuality | null,
): QualityMeans {
  const byTask = [...new Set(rankings.map(({ taskId }) => taskId))].map((task) =>
    rankings.filter(({ taskId }) => taskId === task).flatMap((ranking) => of(ranking) ?? []),
  );
  const samples = byTask.length === 0 ? [] : resampleTasks(byTask.length, uniformStream(SEED));
  const estimate = (measure: keyof LaterQuality): Estimate | null => {
    const values = byTask.map((qualities) => mean(qualities.flatMap((quality) => quality[measure] ?? [])));
    return estimateMean(values, samples);
  };
  return {
    weightedTau: estimate("weightedTau"),
    regretAt1: estimate("regretAt1"),
    regretAt3: estimate("regretAt3"),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
