import { Column, CreateDateColumn, Entity, PrimaryColumn } from "typeorm";

/** A caller's own name for one request, so that sending it again starts nothing twice. */
@Entity("rerank_request")
export class RerankRequest {
  @PrimaryColumn("text", { name: "created_by" })
  createdBy!: string;

  @PrimaryColumn("text", { name: "idempotency_key" })
  idempotencyKey!: string;

  /** Digest of the request's content: the same key with other content is a mistake. */
  @Column("text", { name: "request_key" })
  requestKey!: string;

  @Column("uuid", { name: "ranking_id" })
  rankingId!: string;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
