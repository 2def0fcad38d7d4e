import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Ptm } from "../entities/ptm.js";
import type { Task } from "../entities/task.js";
import type { Context } from "../schema/context.js";
import { PtmLikenessEnum } from "../schema/enums.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { NearDuplicateType, SimilarPtmType, SimilarTaskType } from "../schema/types/similar.type.js";
import { TaskType } from "../schema/types/task.type.js";
import type { FindSimilarPtms, SimilarPtm } from "../services/ranking/find-similar-ptms.js";
import type { FindSimilarTasks, SimilarTask } from "../services/ranking/find-similar-tasks.js";
import type { PtmLikeness } from "../services/ranking/ptm-vectors.js";
import type { NearDuplicate, NearDuplicates } from "../services/registry/near-duplicates.js";
import { FirstArgument } from "./page-arguments.js";

@Resolver(() => PtmType)
export class SimilarPtmsResolver {
  constructor(
    private readonly similar: FindSimilarPtms,
    private readonly duplicates: NearDuplicates,
  ) {}

  @FieldResolver(() => [SimilarPtmType], {
    description:
      "The PTMs in rankings that are most like it, the most alike first. Empty for a PTM without such a vector, as while no " +
      "spider is active.",
  })
  similarPtms(
    @Root() ptm: Ptm,
    @FirstArgument() first: number,
    @Arg("by", () => PtmLikenessEnum, { defaultValue: "TOKENS", description: "What they shall be alike in." })
    by: PtmLikeness,
  ): Promise<SimilarPtm[]> {
    return this.similar.run(ptm.id, by, first);
  }

  @FieldResolver(() => [NearDuplicateType], {
    description:
      "PTMs that are it once more, wholly or nearly, the most alike first: those of the same file at once, those that see " +
      "images nearly alike once both were run.",
  })
  nearDuplicates(@Root() ptm: Ptm, @FirstArgument() first: number): Promise<NearDuplicate[]> {
    return this.duplicates.run(ptm.id, first);
  }
}

@Resolver(() => TaskType)
export class SimilarTasksResolver {
  constructor(private readonly similar: FindSimilarTasks) {}

  @FieldResolver(() => [SimilarTaskType], {
    description:
      "The tasks whose class centres lie nearest to its own, the nearest first. Empty for a task without a token of the active " +
      "spider's general encoder.",
  })
  similarTasks(@Root() task: Task, @FirstArgument() first: number): Promise<SimilarTask[]> {
    return this.similar.run(task.id, first);
  }
}

@Resolver(() => SimilarPtmType)
export class SimilarPtmResolver {
  @FieldResolver(() => PtmType, { description: "The PTM that is like it." })
  ptm(@Root() { ptmId }: SimilarPtm, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(ptmId);
  }
}

@Resolver(() => NearDuplicateType)
export class NearDuplicateResolver {
  @FieldResolver(() => PtmType, { description: "The other PTM." })
  ptm(@Root() { ptmId }: NearDuplicate, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(ptmId);
  }
}

@Resolver(() => SimilarTaskType)
export class SimilarTaskResolver {
  @FieldResolver(() => TaskType, { description: "The task that is near it." })
  task(@Root() { taskId }: SimilarTask, @Ctx() { loaders }: Context) {
    return loaders.task.load(taskId);
  }
}
