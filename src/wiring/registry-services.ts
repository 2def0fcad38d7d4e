import { DEFAULT_ARCHIVE_LIMITS } from "../archives/archive-limits.js";
import { AddPtmVersion } from "../services/registry/add-ptm-version.js";
import { AddPtm } from "../services/registry/add-ptm.js";
import { AddTask } from "../services/registry/add-task.js";
import { BrowseRegistry } from "../services/registry/browse-registry.js";
import { FindByName } from "../services/registry/find-by-name.js";
import { NearDuplicates } from "../services/registry/near-duplicates.js";
import { PtmFacets } from "../services/registry/ptm-facets.js";
import { RegisterArtifact } from "../services/registry/register-artifact.js";
import { ReportOutcome } from "../services/registry/report-outcome.js";
import { RetirePtm } from "../services/registry/retire-ptm.js";
import { RetireTask } from "../services/registry/retire-task.js";
import { ReviewOutcome } from "../services/registry/review-outcome.js";
import { ShowSamples } from "../services/registry/show-samples.js";
import { UpdatePtm } from "../services/registry/update-ptm.js";
import type { Foundation } from "./foundation.js";
import type { RankingServices } from "./ranking-services.js";

/** What people add, change, browse and watch. */
export function registryServices(foundation: Foundation, { states }: RankingServices) {
  const { dataSource, store, queue, snapshots } = foundation;
  const addPtm = new AddPtm(dataSource, store, queue);
  return {
    addPtm,
    addPtmVersion: new AddPtmVersion(dataSource, addPtm),
    addTask: new AddTask(dataSource, store, queue, DEFAULT_ARCHIVE_LIMITS),
    browse: new BrowseRegistry(dataSource),
    findByName: new FindByName(dataSource),
    nearDuplicates: new NearDuplicates(dataSource),
    ptmFacets: new PtmFacets(dataSource, states),
    registerArtifact: new RegisterArtifact(dataSource),
    reportOutcome: new ReportOutcome(dataSource),
    retirePtm: new RetirePtm(dataSource, snapshots, queue),
    retireTask: new RetireTask(dataSource, queue),
    reviewOutcome: new ReviewOutcome(dataSource),
    showSamples: new ShowSamples(store, DEFAULT_ARCHIVE_LIMITS),
    updatePtm: new UpdatePtm(dataSource),
  };
}

export type RegistryServices = ReturnType<typeof registryServices>;
