import { availableParallelism } from "node:os";
import { join } from "node:path";

import { DEFAULT_ARCHIVE_LIMITS } from "../archives/archive-limits.js";
import { Job, type JobKind } from "../entities/job.js";
import type { JobHandler } from "../jobs/queue.js";
import { EvaluateTrained } from "../services/evaluation/evaluate-trained.js";
import { RunMissing } from "../services/evaluation/run-missing.js";
import { RunImport } from "../services/imports/run-import.js";
import { MeasurePtms } from "../services/tokens/measure-ptms.js";
import { ProbePtm } from "../services/tokens/probe-ptm.js";
import { RunPtm } from "../services/tokens/run-ptm.js";
import { TaskSamples } from "../services/tokens/task-samples.js";
import { TokenizePtm } from "../services/tokens/tokenize-ptm.js";
import { TokenizeTask } from "../services/tokens/tokenize-task.js";
import { LearnToken } from "../services/training/learn-token.js";
import { MeasureOnPool } from "../services/training/measure-on-pool.js";
import { MeasurePool } from "../services/training/measure-pool.js";
import { RunTraining } from "../services/training/run-training.js";
import { TrainingThread } from "../services/training/training-thread.js";
import type { Foundation } from "./foundation.js";
import type { Services } from "./services.js";

/** What works on the jobs of each kind. */
export function jobHandlers(foundation: Foundation, services: Services): Map<JobKind, JobHandler> {
  const { dataSource, store, config, network, scorer, queue, snapshots } = foundation;
  const { addPtm, advanceRanking, learningSession, pools, registerArtifact, states, outcomes } = services;
  const samples = new TaskSamples(store, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
  const measureOnPool = new MeasureOnPool(
    dataSource,
    store,
    network,
    pools,
    DEFAULT_ARCHIVE_LIMITS,
    availableParallelism(),
  );
  const training = new TrainingThread(learningSession);
  const learnToken = new LearnToken(dataSource, pools, snapshots, training);
  const probe = new ProbePtm(store, network);
  const evaluateTrained = new EvaluateTrained(
    dataSource,
    states,
    outcomes,
    snapshots,
    new RunMissing(dataSource, samples, network, scorer),
    learningSession,
  );
  const rerank = async (jobId: string): Promise<void> => {
    const { rankingId } = await dataSource.getRepository(Job).findOneByOrFail({ id: jobId });
    await advanceRanking.run(rankingId!);
  };
  return new Map<JobKind, JobHandler>([
    ["TOKENIZE_TASK", new TokenizeTask(dataSource, samples, network)],
    ["TOKENIZE_PTM", new TokenizePtm(dataSource, snapshots, probe, measureOnPool, learnToken, queue)],
    ["RUN_PTM", new RunPtm(dataSource, samples, network, scorer, advanceRanking)],
    ["RERANK", { run: rerank }],
    ["MEASURE", new MeasurePtms(dataSource, samples, network, scorer)],
    ["MEASURE_POOL", new MeasurePool(dataSource, store, measureOnPool, pools, queue, DEFAULT_ARCHIVE_LIMITS)],
    ["TRAIN", new RunTraining(dataSource, store, pools, training, snapshots, evaluateTrained)],
    [
      "IMPORT_PTM",
      new RunImport(
        dataSource,
        store,
        registerArtifact,
        addPtm,
        services.importDoor,
        config.maxArtifactBytes,
        join(config.home, "imports"),
      ),
    ],
  ]);
}
