import { Field, Int, ObjectType } from "type-graphql";

@ObjectType("Facet", { description: "A value that PTMs have in common.", simpleResolvers: true })
export class FacetType {
  @Field(() => String, { description: "The value." })
  value!: string;

  @Field(() => Int, { description: "How many of the PTMs have it." })
  count!: number;
}

@ObjectType("PtmFacets", {
  description: "What PTMs have in common, the most frequent first: what to narrow a list by next.",
  simpleResolvers: true,
})
export class PtmFacetsType {
  @Field(() => [FacetType], { description: "Their tags." })
  tags!: readonly FacetType[];

  @Field(() => [FacetType], { description: "Their licences." })
  licenses!: readonly FacetType[];

  @Field(() => [FacetType], { description: "Their architectures." })
  architectures!: readonly FacetType[];
}
