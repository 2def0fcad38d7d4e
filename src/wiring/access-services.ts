import { AccessKeys } from "../services/access/access-keys.js";
import { AdmitAdministrator } from "../services/access/admit-administrator.js";
import { BrowseAccess } from "../services/access/browse-access.js";
import { BrowseAudit } from "../services/access/browse-audit.js";
import { CreateAccessKey } from "../services/access/create-access-key.js";
import { RevokeAccessKey } from "../services/access/revoke-access-key.js";
import type { Foundation } from "./foundation.js";

/** Keys, roles, audit. */
export function accessServices({ dataSource }: Foundation) {
  const accessKeys = new AccessKeys(dataSource);
  return {
    accessKeys,
    browseAccess: new BrowseAccess(dataSource),
    browseAudit: new BrowseAudit(dataSource),
    createAccessKey: new CreateAccessKey(dataSource),
    revokeAccessKey: new RevokeAccessKey(dataSource, accessKeys),
    admitAdministrator: new AdmitAdministrator(dataSource),
  };
}
