import { Field, ObjectType } from "type-graphql";

import { DateTime, FiniteFloat, Sha256 } from "../scalars.js";

@ObjectType("Artifact", {
  description:
    "An immutable file addressed by its SHA-256: an ONNX graph, a task archive, a spider snapshot.",
  simpleResolvers: true,
})
export class ArtifactType {
  @Field(() => Sha256, { description: "Digest of the bytes; GET /artifacts/<sha256> gives them." })
  sha256!: string;

  @Field(() => FiniteFloat, { description: "Bytes." })
  sizeBytes!: number;

  @Field(() => DateTime, { description: "When it was uploaded." })
  createdAt!: Date;
}
