import { Field, Int, ObjectType } from "type-graphql";

import { DateTime, FiniteFloat } from "../scalars.js";

@ObjectType("PtmLatency", {
  description:
    "What a PTM took for a sample when it was run last: the median over full batches, from the moment its sandbox had the " +
    "question until the answer was back, so the copying between the processes is in it, reading and scaling images is not. " +
    "It is a measurement beside whatever else that machine did, with one thread, and no promise for another machine, batch " +
    "size or runtime: compare only those of one `machine`, `provider` and `batchSize`.",
  simpleResolvers: true,
})
export class PtmLatencyType {
  @Field(() => FiniteFloat, { description: "Milliseconds a sample." })
  milliseconds!: number;

  @Field(() => Int, { description: "Samples in each batch." })
  batchSize!: number;

  @Field(() => Int, { description: "How many batches it is the median of." })
  batches!: number;

  @Field(() => String, { description: "What ran it: the execution provider of ONNX Runtime." })
  provider!: string;

  @Field(() => Int, { description: "Threads that it had." })
  threads!: number;

  @Field(() => String, { description: "Processors of the machine." })
  machine!: string;

  @Field(() => String, { description: "Version of Orbweaver that ran it." })
  codeVersion!: string;

  @Field(() => DateTime, { description: "When." })
  measuredAt!: Date;
}
