import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

import type { TokenStorage } from "../engine/spider/token-storage.js";

/** The newest file that holds all tokens of a spider, kept in one storage. It can be written anew at any time. */
@Entity("zoo_file")
export class ZooFile {
  @PrimaryColumn("uuid", { name: "spider_id" })
  spiderId!: string;

  @PrimaryColumn("text")
  storage!: TokenStorage;

  /** What the counter `zoo_state.tokens` was before the file was written: what changed later is not sure to be in it. */
  @Column("bigint")
  version!: string;

  /** ZooDigest of what is in it. */
  @Column("text")
  digest!: string;

  @Column("text", { name: "artifact_sha256" })
  artifactSha256!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
