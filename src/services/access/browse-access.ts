import type { DataSource } from "typeorm";

import { AccessKey } from "../../entities/access-key.js";
import { keysetPage, NEWEST_FIRST, type Page, type PageRequest } from "../registry/keyset-page.js";

/** What administrators look through, page by page. */
export class BrowseAccess {
  constructor(private readonly dataSource: DataSource) {}

  accessKeys(page: PageRequest): Promise<Page<AccessKey>> {
    return keysetPage(this.dataSource.createQueryBuilder(AccessKey, "key"), NEWEST_FIRST, page);
  }
}
