import { CancelJob } from "../services/background/cancel-job.js";
import { openJobs } from "../services/background/open-jobs.js";
import { Readiness } from "../services/readiness.js";
import { waitingDeliveries } from "../services/webhooks/waiting-deliveries.js";
import { accessServices } from "./access-services.js";
import { evaluationServices } from "./evaluation-services.js";
import type { Foundation } from "./foundation.js";
import { importServices } from "./import-services.js";
import { rankingServices } from "./ranking-services.js";
import { registryServices } from "./registry-services.js";
import { trainingServices } from "./training-services.js";
import { webhookServices } from "./webhook-services.js";

/** Every use case by name. A subject gets those it builds on as arguments: none can know one that comes after it. */
export function createServices(foundation: Foundation) {
  const { dataSource, metrics, queue } = foundation;
  const access = accessServices(foundation);
  const ranking = rankingServices(foundation);
  const registry = registryServices(foundation, ranking);
  const training = trainingServices(foundation);
  const imports = importServices(foundation, registry, training);
  const evaluation = evaluationServices(foundation, ranking, registry, imports);
  metrics.watchJobs(
    () => openJobs(dataSource),
    () => queue.depths(),
  );
  metrics.watchDeliveries(() => waitingDeliveries(dataSource));
  return {
    ...access,
    ...ranking,
    ...registry,
    ...training,
    ...imports,
    ...evaluation,
    ...webhookServices(foundation),
    cancelJob: new CancelJob(dataSource, ranking.advanceRanking),
    readiness: new Readiness(dataSource, ranking.states, ranking.indexes),
  };
}

export type Services = ReturnType<typeof createServices>;
