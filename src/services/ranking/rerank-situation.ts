import type { DataSource } from "typeorm";

import { Job } from "../../entities/job.js";
import { RankingEntry } from "../../entities/ranking-entry.js";
import { Ranking } from "../../entities/ranking.js";
import { SpecificToken } from "../../entities/specific-token.js";
import { Spider } from "../../entities/spider.js";
import { TransferabilityScore } from "../../entities/transferability-score.js";
import { type MergeRule, mergeRule } from "./merge-rule.js";
import { RUN_METRICS } from "../tokens/run-metrics.js";

/** What is known of a PTM that a ranking wants to be run. */
export type Run =
  | { readonly state: "WAITING" }
  | {
      readonly state: "DONE";
      readonly token: SpecificToken;
      /** By metric; none of a run that was made before runs were measured. */
      readonly scores: readonly TransferabilityScore[];
    }
  | { readonly state: "OUT"; readonly reason: string };

/** Everything that the next step of a re-ranking follows from. */
export interface RerankSituation {
  readonly ranking: Ranking;
  /** Best first, as the step before left them. */
  readonly entries: readonly RankingEntry[];
  /** By PTM; one for each of the first `topK` of the coarse order. */
  readonly runs: ReadonlyMap<string, Run>;
  /** Whether the seconds are used up, by the database's clock. */
  readonly expired: boolean;
  readonly seconds: number;
  readonly rule: MergeRule;
}

/** @returns undefined if the ranking has ended or there is none */
export async function readSituation(
  dataSource: DataSource,
  rankingId: string,
): Promise<RerankSituation | undefined> {
  const ranking = await dataSource.getRepository(Ranking).findOneBy({ id: rankingId });
  if (ranking?.stage !== "RERANKING") return undefined;
  const [clock] = await dataSource.query<{ expired: boolean; seconds: number }[]>(
    `SELECT now() >= deadline_at AS expired, extract(epoch FROM now() - created_at)::float8 AS seconds
       FROM ranking WHERE id = $1`,
    [rankingId],
  );
  const entries = await dataSource
    .getRepository(RankingEntry)
    .find({ where: { rankingId }, order: { rank: "ASC" } });
  const spider = await dataSource.getRepository(Spider).findOneByOrFail({ id: ranking.spiderId });
  return {
    ranking,
    entries,
    runs: await readRuns(dataSource, ranking, entries),
    rule: mergeRule(spider.manifest as { hyperparameters?: Record<string, unknown> }),
    ...clock!,
  };
}

async function readRuns(
  dataSource: DataSource,
  ranking: Ranking,
  entries: readonly RankingEntry[],
): Promise<Map<string, Run>> {
  const wanted = entries.filter(({ coarseRank }) => coarseRank <= ranking.topK!);
  // Jobs first: a run that ends between the two reads then shows its token, never a finished job without one.
  const jobs = await dataSource
    .createQueryBuilder(Job, "job")
    .where("job.id = ANY(:ids)", { ids: wanted.flatMap(({ jobId }) => jobId ?? []) })
    .getMany();
  const pairs = { taskId: ranking.taskId, ptmIds: wanted.map(({ ptmId }) => ptmId) };
  const tokens = await dataSource
    .createQueryBuilder(SpecificToken, "token")
    .where("token.taskId = :taskId AND token.ptmId = ANY(:ptmIds)", pairs)
    .getMany();
  const scores = await dataSource
    .createQueryBuilder(TransferabilityScore, "score")
    .where("score.taskId = :taskId AND score.ptmId = ANY(:ptmIds)", pairs)
    .andWhere("score.metric = ANY(:metrics)", { metrics: RUN_METRICS })
    .orderBy("score.metric")
    .getMany();
  const jobById = new Map(jobs.map((job) => [job.id, job]));
  const tokenByPtm = new Map(tokens.map((token) => [token.ptmId, token]));
  return new Map(
    wanted.map(({ ptmId, jobId }) => [
      ptmId,
      runOf(
        tokenByPtm.get(ptmId),
        scores.filter((score) => score.ptmId === ptmId),
        jobId === null ? undefined : jobById.get(jobId),
      ),
    ]),
  );
}

function runOf(
  token: SpecificToken | undefined,
  scores: readonly TransferabilityScore[],
  job: Job | undefined,
): Run {
  if (token !== undefined) return { state: "DONE", token, scores };
  switch (job?.state) {
    case "QUEUED":
    case "RUNNING":
      return { state: "WAITING" };
    case "FAILED":
      return { state: "OUT", reason: job.errorMessage ?? "The run failed." };
    case "CANCELLED":
      return { state: "OUT", reason: "Not run: the job was cancelled." };
    case "COMPLETED":
    case undefined:
      return { state: "OUT", reason: "The result of the run is gone." };
  }
}
