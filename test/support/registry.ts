import { randomBytes } from "node:crypto";

import type { DataSource } from "typeorm";
import { v7 as uuid } from "uuid";

import { createDataSource, type DatabaseAddress } from "../../src/database/data-source.js";
import { migrate } from "../../src/database/migrate.js";
import { Artifact } from "../../src/entities/artifact.js";
import { Ptm } from "../../src/entities/ptm.js";
import { createTestDatabase } from "./postgres.js";

/** A registry's tables in a database of one test's own. */
export interface TestRegistry {
  readonly address: DatabaseAddress;
  readonly dataSource: DataSource;
  drop(): Promise<void>;
}

export async function createTestRegistry(): Promise<TestRegistry> {
  const database = await createTestDatabase();
  const { host, port, user, database: name } = database.connection;
  const address = host.startsWith("/") ? { host, port, user, database: name } : { url: database.url };
  await migrate(address);
  const dataSource = await connectRegistry(address);
  return {
    address,
    dataSource,
    drop: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

export async function connectRegistry(address: DatabaseAddress): Promise<DataSource> {
  return await createDataSource(address, { poolSize: 4, statementTimeoutMs: 10_000 }).initialize();
}

/** A PTM that nobody has run yet, for jobs to be about. */
export async function insertPtm(dataSource: DataSource): Promise<Ptm> {
  const digest = randomBytes(32).toString("hex");
  await dataSource.manager.insert(Artifact, { sha256: digest, sizeBytes: 1 });
  const ptm = dataSource.manager.create(Ptm, {
    id: uuid(),
    name: `ptm ${digest}`,
    version: 1,
    status: "INSPECTING",
    statusReason: null,
    modality: "IMAGE",
    tags: [],
    signature: {
      input: "image",
      layout: "NCHW",
      channels: 3,
      height: 2,
      width: 2,
      range: [0, 1],
      mean: 0,
      std: 1,
      outputs: { features: "features" },
    },
    artifactSha256: digest,
    sizeBytes: 1,
    parameterCount: 0,
    createdBy: "test",
  });
  await dataSource.manager.insert(Ptm, ptm);
  return ptm;
}
