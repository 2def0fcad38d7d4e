import type { DataSource } from "typeorm";

import { AccessKey } from "../../entities/access-key.js";
import { ACCESS_KEY_FIELDS, type AccessKeyFilter } from "../filters/access-key-filter.js";
import { applyFilter } from "../filters/filter-sql.js";
import { keysetPage, NEWEST_FIRST, type Page, type PageRequest } from "../registry/keyset-page.js";

/** What administrators look through, page by page. */
export class BrowseAccess {
  constructor(private readonly dataSource: DataSource) {}

  accessKeys(filter: AccessKeyFilter, page: PageRequest): Promise<Page<AccessKey>> {
    const keys = this.dataSource.createQueryBuilder(AccessKey, "key");
    return keysetPage(applyFilter(keys, filter, ACCESS_KEY_FIELDS), NEWEST_FIRST, page);
  }
}
