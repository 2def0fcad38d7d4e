import type { DataSource } from "typeorm";

import { Artifact } from "../../entities/artifact.js";
import { DomainError } from "../../errors.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { audit } from "../access/audit.js";
import type { Viewer } from "../access/viewer.js";

/** Makes uploaded files known to the registry. */
export class RegisterArtifact {
  constructor(private readonly dataSource: DataSource) {}

  /** Safe to repeat. Called once the bytes lie in the store: a row never speaks of a file that is not there. */
  async run(artifact: { sha256: string; sizeBytes: number }, viewer: Viewer): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(Artifact)
        .values(artifact)
        .orIgnore()
        .returning("sha256")
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return;
      const subject = { type: "Artifact", id: artifact.sha256 };
      await audit(manager, viewer, { action: "uploadArtifact", subject, before: null, after: artifact });
    });
  }
}

/**
 * The artifact that a caller names.
 *
 * @throws DomainError NOT_FOUND telling how to upload it
 */
export async function requireArtifact(
  dataSource: DataSource,
  store: ArtifactStore,
  digest: string,
): Promise<Artifact> {
  const artifact = await dataSource.getRepository(Artifact).findOneBy({ sha256: digest });
  if (artifact === null || !(await store.has(digest))) {
    throw new DomainError(
      "NOT_FOUND",
      `There is no artifact ${digest}; upload the file first: PUT /artifacts/${digest}.`,
    );
  }
  return artifact;
}
