import { Field, ID, InterfaceType } from "type-graphql";

import { nodeTypeOf } from "../node-type.js";

@InterfaceType("Node", {
  description: "An object with an id of its own, which `node(id)` finds again.",
  resolveType: nodeTypeOf,
})
export abstract class NodeType {
  @Field(() => ID, { description: "Opaque and unique over all types." })
  id!: string;
}
