import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** What a program authenticates with. The secret itself is nowhere, only its digest. */
@Entity("access_key")
export class AccessKey {
  @PrimaryColumn("uuid")
  id!: string;

  /** Of its holder; no two keys that work share one. */
  @Column("text")
  name!: string;

  /** A `Role` of the services. */
  @Column("text")
  role!: "VIEWER" | "CONTRIBUTOR" | "CURATOR" | "ADMIN";

  /** The secret's beginning, by which people and the database recognise it. */
  @Column("text")
  prefix!: string;

  @Column("text", { name: "secret_sha256" })
  secretSha256!: string;

  @Column("text", { name: "created_by" })
  createdBy!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;

  /** Null: never. */
  @Column("timestamptz", { name: "expires_at", nullable: true })
  expiresAt!: Date | null;

  /** To the minute. */
  @Column("timestamptz", { name: "last_used_at", nullable: true })
  lastUsedAt!: Date | null;

  @Column("timestamptz", { name: "revoked_at", nullable: true })
  revokedAt!: Date | null;
}
