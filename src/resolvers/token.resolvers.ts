import { Ctx, FieldResolver, ID, Resolver, Root } from "type-graphql";

import type { PtmToken } from "../entities/ptm-token.js";
import type { SpecificToken } from "../entities/specific-token.js";
import type { TaskToken } from "../entities/task-token.js";
import type { Context } from "../schema/context.js";
import { toGlobalId } from "../schema/global-id.js";
import { PtmType } from "../schema/types/ptm.type.js";
import { Float32Vector, Sha256 } from "../schema/scalars.js";
import { SpiderType } from "../schema/types/spider.type.js";
import { TaskType } from "../schema/types/task.type.js";
import { PtmTokenType, SpecificTokenType, TaskTokenType } from "../schema/types/token.type.js";
import type { PlaceTasks } from "../services/ranking/place-tasks.js";

@Resolver(() => PtmTokenType)
export class PtmTokenResolver {
  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() token: PtmToken): string {
    return toGlobalId("PtmToken", token.id);
  }

  @FieldResolver(() => PtmType, { description: "The PTM it summarises." })
  ptm(@Root() token: PtmToken, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(token.ptmId);
  }

  @FieldResolver(() => Sha256, { description: "Digest of the PTM's ONNX file." })
  async artifactSha256(@Root() token: PtmToken, @Ctx() { loaders }: Context) {
    return (await loaders.ptm.load(token.ptmId))!.artifactSha256;
  }

  @FieldResolver(() => Sha256, {
    description: "Digest of the general encoder that its spider reads tasks by.",
  })
  async encoderSha256(@Root() token: PtmToken, @Ctx() { loaders }: Context) {
    return (await loaders.spider.load(token.spiderId))!.encoderSha256;
  }

  @FieldResolver(() => SpiderType, { description: "The spider that learned it." })
  spider(@Root() token: PtmToken, @Ctx() { loaders }: Context) {
    return loaders.spider.load(token.spiderId);
  }
}

@Resolver(() => TaskTokenType)
export class TaskTokenResolver {
  constructor(private readonly placeTasks: PlaceTasks) {}

  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() token: TaskToken): string {
    return toGlobalId("TaskToken", token.id);
  }

  @FieldResolver(() => TaskType, { description: "The task it stands for." })
  task(@Root() token: TaskToken, @Ctx() { loaders }: Context) {
    return loaders.task.load(token.taskId);
  }

  @FieldResolver(() => Sha256, { description: "Digest of the task's archive, or of its class centres." })
  async contentSha256(@Root() token: TaskToken, @Ctx() { loaders }: Context) {
    return (await loaders.task.load(token.taskId))!.contentSha256;
  }

  @FieldResolver(() => Float32Vector, {
    nullable: true,
    description:
      "Where the task lies among the active spider's PTM tokens: the mean of its class centres in the spider's space, shape " +
      "[Spider.width]. Null if that spider reads another encoder.",
  })
  place(@Root() token: TaskToken): Promise<Float32Array | null> {
    return this.placeTasks.run(token);
  }
}

@Resolver(() => SpecificTokenType)
export class SpecificTokenResolver {
  @FieldResolver(() => ID, { description: "Opaque and unique over all types." })
  id(@Root() token: SpecificToken): string {
    return toGlobalId("SpecificToken", token.id);
  }

  @FieldResolver(() => TaskType, { description: "The task it stands for." })
  task(@Root() token: SpecificToken, @Ctx() { loaders }: Context) {
    return loaders.task.load(token.taskId);
  }

  @FieldResolver(() => Sha256, { description: "Digest of the task's archive, or of its class centres." })
  async contentSha256(@Root() token: SpecificToken, @Ctx() { loaders }: Context) {
    return (await loaders.task.load(token.taskId))!.contentSha256;
  }

  @FieldResolver(() => Sha256, { description: "Digest of the ONNX file that was run." })
  async artifactSha256(@Root() token: SpecificToken, @Ctx() { loaders }: Context) {
    return (await loaders.ptm.load(token.ptmId))!.artifactSha256;
  }

  @FieldResolver(() => Float32Vector, {
    description: "Shape [classCount, width], row-major, in class order.",
  })
  async vectors(@Root() { id, vectors }: Partial<SpecificToken>, @Ctx() { loaders }: Context) {
    return vectors ?? (await loaders.specificTokenById.load(id!))!.vectors;
  }

  @FieldResolver(() => PtmType, { description: "The PTM that was run." })
  ptm(@Root() token: SpecificToken, @Ctx() { loaders }: Context) {
    return loaders.ptm.load(token.ptmId);
  }
}
