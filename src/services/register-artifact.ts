import type { DataSource } from "typeorm";

import { Artifact } from "../entities/artifact.js";
import { DomainError } from "../errors.js";
import type { ArtifactStore } from "../storage/artifact-store.js";

/** Makes uploaded files known to the registry. */
export class RegisterArtifact {
  constructor(private readonly dataSource: DataSource) {}

  /** Safe to repeat. Called once the bytes lie in the store: a row never speaks of a file that is not there. */
  async run(artifact: { sha256: string; sizeBytes: number }): Promise<void> {
    await this.dataSource.createQueryBuilder().insert().into(Artifact).values(artifact).orIgnore().execute();
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
