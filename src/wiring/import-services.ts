import { ImportPtm } from "../services/imports/import-ptm.js";
import { HostList } from "../services/outbound/host-list.js";
import { OutboundHttp } from "../services/outbound/outbound-http.js";
import { ImportZoo } from "../services/registry/import-zoo.js";
import type { Foundation } from "./foundation.js";
import type { RegistryServices } from "./registry-services.js";
import type { TrainingServices } from "./training-services.js";

/** What comes from other registries, and from folders of this machine. */
export function importServices(
  { config, dataSource, store, queue, internet }: Foundation,
  { addPtm, addTask, registerArtifact }: RegistryServices,
  { importSpider, importPool }: TrainingServices,
) {
  const { importHosts, importTokens } = config;
  const importDoor = new OutboundHttp(new HostList(importHosts), "ORB_IMPORT_HOSTS", internet, importTokens);
  return {
    importDoor,
    importPtm: new ImportPtm(dataSource, queue, importDoor),
    importZoo: new ImportZoo(dataSource, store, registerArtifact, importSpider, importPool, addPtm, addTask),
  };
}

export type ImportServices = ReturnType<typeof importServices>;
