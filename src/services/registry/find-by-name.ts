import type { DataSource } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { Task } from "../../entities/task.js";
import { DomainError } from "../../errors.js";

/** Finds PTMs and tasks as people call them. */
export class FindByName {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError BAD_USER_INPUT for both a version and an alias */
  async ptm(wanted: {
    readonly name: string;
    readonly version: number | null | undefined;
    readonly alias: string | null | undefined;
  }): Promise<Ptm | null> {
    const { name, version, alias } = wanted;
    if (version != null && alias != null) {
      throw new DomainError("BAD_USER_INPUT", "Ask for a version or for an alias, not for both.");
    }
    const query = this.dataSource
      .createQueryBuilder(Ptm, "ptm")
      .where("lower(ptm.name) = lower(:name)", { name });
    if (version != null) query.andWhere("ptm.version = :version", { version });
    else if (alias != null) query.andWhere("ptm.aliases @> ARRAY[:alias]", { alias });
    else query.andWhere("ptm.latest");
    return query.getOne();
  }

  async task({
    name,
    version,
  }: {
    readonly name: string;
    readonly version: number | null | undefined;
  }): Promise<Task | null> {
    const query = this.dataSource
      .createQueryBuilder(Task, "task")
      .where("lower(task.name) = lower(:name)", { name });
    if (version != null) query.andWhere("task.version = :version", { version });
    else query.andWhere("task.latest");
    return query.getOne();
  }
}
