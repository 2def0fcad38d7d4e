import type { DataSource, EntityManager } from "typeorm";

import { matrix } from "../../engine/matrix.js";
import { mergeReranked } from "../../engine/ranking/merge-reranked.js";
import { rerankedWithPrior } from "../../engine/ranking/with-prior.js";
import { Job } from "../../entities/job.js";
import { RankingEntry } from "../../entities/ranking-entry.js";
import { Ranking, type RankingEvidence, type RankingStage } from "../../entities/ranking.js";
import type { SpecificToken } from "../../entities/specific-token.js";
import { TaskToken } from "../../entities/task-token.js";
import type { Logger } from "../../log.js";
import { cancelUnwantedRuns } from "./cancel-unwanted-runs.js";
import { sha256 } from "../digest.js";
import type { MergeRule } from "./merge-rule.js";
import { mergedScores, type RunResult } from "./merged-scores.js";
import type { OutcomeTables } from "./outcome-table.js";
import { rankingQuality } from "./ranking-quality.js";
import { SharedTurns } from "../background/shared-turns.js";
import { readSituation, type RerankSituation, type Run } from "./rerank-situation.js";
import type { ZooIndexes } from "./zoo-indexes.js";
import type { ZooStates } from "./zoo-state.js";

/** While others are still to come, a result may be seen this much later: people watch, and a step costs 20 ms. */
const STEP_EVERY_MS = 500;

interface Step {
  readonly stage: RankingStage;
  readonly entries: readonly RankingEntry[];
  readonly receipt: string;
  readonly evidence: RankingEvidence;
  readonly failure: string | null;
  /** PTMs whose run is over, one way or the other, of those to be run. */
  readonly settled: number;
}

/**
 * Takes re-rankings from step to step. A step is computed from the stored state alone and written only if the ranking is
 * still at the revision that it was computed from; so any number of workers may advance a ranking at once, none counts
 * anything, and exactly one of them completes it. Whoever changes what a ranking waits for calls this after the commit.
 */
export class AdvanceRanking {
  /** Runs that end together share a step. */
  readonly #turns = new SharedTurns();
  /** Steps to be taken soon, by ranking. */
  readonly #due = new Map<string, NodeJS.Timeout>();
  /** Steps under way that nobody waits for. */
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
    private readonly indexes: ZooIndexes,
    private readonly outcomes: OutcomeTables,
    private readonly log: Logger,
  ) {}

  /**
   * Advances every re-ranking that waits for a RUN_PTM job: at once where it was the last one, soon where others follow, so
   * that the worker is free for the next. A step that is due is lost with its process, and the next one does its work.
   */
  async waitingFor(jobId: string): Promise<void> {
    const rows: { id: string; othersFollow: boolean }[] = await this.dataSource.query(
      `SELECT ranking.id, EXISTS (
         SELECT FROM ranking_entry AS other JOIN job ON job.id = other.job_id
         WHERE other.ranking_id = ranking.id AND job.state IN ('QUEUED', 'RUNNING')) AS "othersFollow"
       FROM ranking_entry AS entry JOIN ranking ON ranking.id = entry.ranking_id
       WHERE entry.job_id = $1 AND ranking.stage = 'RERANKING' ORDER BY ranking.id`,
      [jobId],
    );
    for (const { id, othersFollow } of rows) {
      if (othersFollow) this.#soon(id, jobId);
      else await this.run(id, jobId);
    }
  }

  /**
   * Brings one re-ranking up to date. Safe to repeat and to run anywhere at once; does nothing once it has ended.
   *
   * @param jobId for the log: the job whose end may have changed what the ranking waits for
   */
  run(rankingId: string, jobId?: string): Promise<void> {
    clearTimeout(this.#due.get(rankingId));
    this.#due.delete(rankingId);
    return this.#turns.take(rankingId, () => this.#step(rankingId, jobId));
  }

  #soon(rankingId: string, jobId: string): void {
    if (this.#due.has(rankingId)) return;
    const step = async (): Promise<void> => {
      try {
        await this.run(rankingId, jobId);
      } catch (error) {
        this.log.warn({ rankingId, jobId, error: (error as Error).message }, "a step was left to the next");
      }
    };
    const begin = (): void => {
      const underWay = step().finally(() => this.#underWay.delete(underWay));
      this.#underWay.add(underWay);
    };
    this.#due.set(rankingId, setTimeout(begin, STEP_EVERY_MS).unref());
  }

  /** Takes no more steps; those under way end. Nobody may ask for steps any more. */
  async close(): Promise<void> {
    for (const due of this.#due.values()) clearTimeout(due);
    this.#due.clear();
    await Promise.all(this.#underWay);
  }

  async #step(rankingId: string, jobId: string | undefined): Promise<void> {
    for (;;) {
      const situation = await readSituation(this.dataSource, rankingId);
      if (situation === undefined) return;
      const step = await this.#next(situation);
      if (!(await this.#write(situation, step))) continue;
      const { taskId } = situation.ranking;
      const { stage, settled } = step;
      this.log.info(
        { rankingId, taskId, jobId, stage, settled, of: situation.runs.size },
        "re-ranking steps",
      );
      return;
    }
  }

  async #next(situation: RerankSituation): Promise<Step> {
    const { ranking, expired, rule } = situation;
    const { fitness, reasons, digests } = await this.#score(situation);
    const waiting = [...situation.runs.values()].filter(({ state }) => state === "WAITING").length;
    const over = waiting === 0 || expired;
    if (over) {
      for (const [ptmId, { state }] of situation.runs) {
        if (state === "WAITING") reasons.set(ptmId, "Not run: the ranking's seconds were used up before.");
      }
    }

    const coarse = [...situation.entries].sort((a, b) => a.coarseRank - b.coarseRank);
    const results = resultsOf(coarse, fitness, situation);
    const merged = mergedScores(results, rule);
    const reranked = new Map<number, number>();
    coarse.forEach(({ ptmId }, item) => {
      const value = merged.get(ptmId);
      if (value !== undefined) reranked.set(item, value);
    });
    const order = mergeReranked(
      coarse.map(({ coarseFitness }) => coarseFitness),
      reranked,
      rule.policy,
    );
    const entries = Array.from(order, (item, i): RankingEntry => {
      const entry = coarse[item]!;
      const value = fitness.get(entry.ptmId);
      return Object.assign(new RankingEntry(), entry, {
        rank: i + 1,
        fitness: value ?? entry.coarseFitness,
        reranked: value !== undefined,
        failure: reasons.get(entry.ptmId) ?? null,
      });
    });
    const failed = over && reranked.size === 0 && !expired;
    return {
      stage: over ? (failed ? "FAILED" : "RERANKED") : "RERANKING",
      entries,
      receipt: sha256(
        JSON.stringify([
          "reranked",
          ranking.coarseReceipt,
          ranking.topK,
          rule.policy,
          ...entries.flatMap(({ ptmId }) => digests.get(ptmId) ?? []),
          ...mixtureOf(results, rule),
        ]),
      ),
      evidence: {
        ...costOf(entries, situation),
        ...(await this.#quality(ranking, entries)),
      },
      failure: failed ? "None of the PTMs could be run; see the entries." : null,
      settled: situation.runs.size - waiting,
    };
  }

  /** Fitness of the PTMs that were run, with their specific rows; PTMs that the spider cannot score get a reason. */
  async #score({ ranking, runs, entries, rule }: RerankSituation): Promise<{
    fitness: Map<string, number>;
    reasons: Map<string, string>;
    digests: Map<string, string>;
  }> {
    const reasons = new Map<string, string>();
    const tokens: SpecificToken[] = [];
    for (const [ptmId, run] of runs) {
      if (run.state === "OUT") reasons.set(ptmId, run.reason);
      if (run.state === "DONE") tokens.push(run.token);
    }
    const fitness = new Map<string, number>();
    if (tokens.length === 0) return { fitness, reasons, digests: new Map() };

    const { tokens: version } = await this.states.read();
    const scores = await this.indexes.use(version, ranking.spiderId, async (index) => {
      const taskToken = await this.dataSource
        .getRepository(TaskToken)
        .findOneByOrFail({ taskId: ranking.taskId, encoderSha256: index.spider.encoderSha256 });
      const centres = matrix(taskToken.classCount, taskToken.width, taskToken.vectors);
      const own = await index.rerankedFitness(
        centres,
        tokens.map(({ ptmId, classCount, width, vectors }) => ({
          ptmId,
          token: matrix(classCount, width, vectors),
        })),
      );
      // The others' fitness has the prior. Where those that were run are ordered among themselves, what was seen of them
      // orders them better without it (docs/adr/0023).
      if (index.priorWeight === 0 || rule.policy !== "FULL_LIST") return own;
      const coarse = new Map(entries.map(({ ptmId, coarseFitness }) => [ptmId, coarseFitness]));
      const zoo = await index.fitness(centres);
      return own.map((score, i) => {
        if (typeof score !== "number") return score;
        const { ptmId } = tokens[i]!;
        const run = { item: index.positionOf(ptmId)!, fitness: score, coarse: coarse.get(ptmId)! };
        return rerankedWithPrior(zoo, run);
      });
    });
    tokens.forEach(({ ptmId }, i) => {
      const score = scores[i]!;
      if (typeof score === "number") fitness.set(ptmId, score);
      else reasons.set(ptmId, score.reason);
    });
    return { fitness, reasons, digests: new Map(tokens.map(({ ptmId, digest }) => [ptmId, digest])) };
  }

  async #quality(
    { taskId }: Ranking,
    entries: readonly RankingEntry[],
  ): Promise<Pick<RankingEvidence, "outcomeCount" | "spider" | "static">> {
    const { outcomes: version } = await this.states.read();
    const known = (await this.outcomes.at(version)).byTask.get(taskId)?.known;
    const measured = entries.filter(({ ptmId }) => known?.has(ptmId));
    if (measured.length === 0) return { outcomeCount: 0, spider: null, static: null };
    const values = measured.map(({ ptmId }) => known!.get(ptmId)!.value);
    const staticRanks = measured.map(({ staticRank }) => staticRank);
    return {
      outcomeCount: measured.length,
      // By place, not by fitness: scores of PTMs that were run and of those that were not need not be comparable.
      spider: rankingQuality(
        values,
        measured.map(({ rank }) => -rank),
      ),
      static: staticRanks.every((rank) => rank !== null)
        ? rankingQuality(
            values,
            staticRanks.map((rank) => -rank),
          )
        : null,
    };
  }

  /** @returns false if the ranking moved on since the situation was read */
  async #write({ ranking, runs }: RerankSituation, step: Step): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const { stage, receipt, evidence, failure } = step;
      const { affected } = await manager
        .createQueryBuilder()
        .update(Ranking)
        .set({ stage, receipt, evidence, failure, revision: ranking.revision + 1 })
        .where("id = :id AND revision = :revision AND stage = 'RERANKING'", ranking)
        .execute();
      if (affected !== 1) return false;
      await manager.delete(RankingEntry, { rankingId: ranking.id });
      await manager.insert(RankingEntry, [...step.entries]);
      await updateJob(manager, ranking.id, step, runs.size);
      if (stage !== "RERANKING") await cancelUnwantedRuns(manager, ranking.id);
      return true;
    });
  }
}

/** The PTMs that the spider could score with their specific rows, in coarse order. */
function resultsOf(
  coarse: readonly RankingEntry[],
  fitness: ReadonlyMap<string, number>,
  { runs }: RerankSituation,
): RunResult[] {
  return coarse.flatMap(({ ptmId }) => {
    const value = fitness.get(ptmId);
    const run = runs.get(ptmId);
    return value !== undefined && run?.state === "DONE"
      ? [{ ptmId, fitness: value, scores: run.scores }]
      : [];
  });
}

/** What an order follows from beside the tokens, for its receipt; nothing where no scores are mixed in. */
function mixtureOf(results: readonly RunResult[], { policy, weights }: MergeRule): unknown[] {
  if (policy !== "MIXED_WITH_SCORES") return [];
  return [[...weights], results.map(({ scores }) => scores.map(({ metric, value }) => [metric, value]))];
}

function costOf(
  entries: readonly RankingEntry[],
  { seconds, rule, runs }: RerankSituation,
): Pick<RankingEvidence, "forwardPasses" | "forwardSeconds" | "runsReused" | "seconds" | "mergePolicy"> {
  const run = entries.filter(({ reranked }) => reranked);
  const anew = run.filter(({ jobId }) => jobId !== null);
  const took = anew.map(({ ptmId }) => networkSecondsOf(runs.get(ptmId)));
  return {
    forwardPasses: anew.length,
    forwardSeconds: anew.length === 0 ? null : took.reduce((sum, seconds) => sum + seconds, 0),
    runsReused: run.length - anew.length,
    seconds,
    mergePolicy: run.length === 0 ? null : rule.policy,
  };
}

function networkSecondsOf(run: Run | undefined): number {
  return run?.state === "DONE" ? (run.scores[0]?.networkSeconds ?? 0) : 0;
}

/** The RERANK job says what its ranking says. */
async function updateJob(
  manager: EntityManager,
  rankingId: string,
  { stage, settled, failure }: Step,
  wanted: number,
): Promise<void> {
  const over = stage !== "RERANKING";
  await manager
    .createQueryBuilder()
    .update(Job)
    .set({
      state: stage === "RERANKED" ? "COMPLETED" : stage === "FAILED" ? "FAILED" : "RUNNING",
      progress: over ? 1 : settled / wanted,
      stage: `${settled} of ${wanted} PTMs done`,
      errorMessage: failure,
      attempts: () => "greatest(attempts, 1)",
      startedAt: () => "coalesce(started_at, now())",
      ...(over && { finishedAt: () => "now()" }),
    })
    .where("rankingId = :rankingId AND state IN ('QUEUED', 'RUNNING')", { rankingId })
    .execute();
}
