import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { EvaluatedRanker, EvaluatedTask } from "../entities/spider.js";
import { type Connection, toConnection } from "../schema/connections.js";
import type { Context } from "../schema/context.js";
import {
  EvaluatedRankerType,
  EvaluatedTaskConnection,
  EvaluatedTaskType,
} from "../schema/types/spider.type.js";
import { TaskType } from "../schema/types/task.type.js";
import { pageOf } from "../services/registry/keyset-page.js";
import { AfterArgument, FirstArgument } from "./page-arguments.js";

@Resolver(() => EvaluatedRankerType)
export class EvaluatedRankerResolver {
  @FieldResolver(() => EvaluatedTaskConnection, {
    description:
      "Task by task, newest first, in every ranker the same tasks; empty in evaluations of an earlier version.",
  })
  tasks(
    @Root() { tasks }: EvaluatedRanker,
    @FirstArgument() first: number,
    @AfterArgument() after: string | null,
  ): Connection<unknown> {
    return toConnection(pageOf(tasks ?? [], { first, after }));
  }
}

@Resolver(() => EvaluatedTaskType)
export class EvaluatedTaskResolver {
  @FieldResolver(() => TaskType, {
    nullable: true,
    description: "The task; null once it is gone, and in an evaluation of another registry.",
  })
  task(@Root() { id }: EvaluatedTask, @Ctx() { loaders }: Context) {
    return loaders.task.load(id);
  }
}
