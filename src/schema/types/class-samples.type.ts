import { Field, Int, ObjectType } from "type-graphql";

import { connectionType } from "../connections.js";

@ObjectType("ClassSamples", {
  description: "A class of a task with pictures of a few of its samples.",
  simpleResolvers: true,
})
export class ClassSamplesType {
  @Field(() => Int, { description: "The class's index in Task.classes." })
  label!: number;

  @Field(() => String, { description: "The class's name." })
  name!: string;

  @Field(() => [String], {
    description: "At most 6, as data: URLs of WebP pictures of at most 96 pixels; none for a private task.",
  })
  pictures!: string[];
}

export const ClassSamplesConnection = connectionType("ClassSamples", () => ClassSamplesType);
