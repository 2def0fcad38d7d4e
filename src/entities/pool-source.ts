import { Column, Entity, PrimaryColumn } from "typeorm";

/** One of the labelled artifacts that a pool consists of; its samples stand in the pool in the archive's order. */
@Entity("pool_source")
export class PoolSource {
  @PrimaryColumn("uuid", { name: "pool_id" })
  poolId!: string;

  /** The number that the pool's samples give as their source. */
  @PrimaryColumn("integer")
  position!: number;

  @Column("text")
  name!: string;

  /** An archive as of a task; null where only what networks gave for the samples may be kept. */
  @Column("text", { name: "artifact_sha256", nullable: true })
  artifactSha256!: string | null;

  /** The task that it is, if it is one. */
  @Column("uuid", { name: "task_id", nullable: true })
  taskId!: string | null;
}
