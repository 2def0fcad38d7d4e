import { Readable } from "node:stream";

import type { DataSource } from "typeorm";

import { Artifact } from "../../entities/artifact.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { sha256 } from "../digest.js";

/** Stores bytes that the registry made itself. Safe to repeat. @returns their digest */
export async function keepArtifact(
  dataSource: DataSource,
  store: ArtifactStore,
  bytes: Uint8Array,
): Promise<string> {
  const digest = sha256(bytes);
  const { sizeBytes } = await store.write(digest, Readable.from([bytes]), { maxBytes: bytes.byteLength });
  const row = { sha256: digest, sizeBytes };
  await dataSource.createQueryBuilder().insert().into(Artifact).values(row).orIgnore().execute();
  return digest;
}
