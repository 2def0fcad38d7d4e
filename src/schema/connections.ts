import { type ClassType, Field, Int, ObjectType } from "type-graphql";

import type { Page } from "../services/registry/keyset-page.js";

@ObjectType({ description: "Where a page of a list ends and whether more follows." })
export class PageInfo {
  @Field(() => String, { nullable: true, description: "Pass it as `after` to get the next page." })
  endCursor!: string | null;

  @Field(() => Boolean, { description: "Whether the list goes on behind this page." })
  hasNextPage!: boolean;
}

export interface Connection<Item> {
  readonly edges: readonly { readonly cursor: string; readonly node: Item }[];
  readonly nodes: readonly Item[];
  readonly pageInfo: PageInfo;
  /** Counted when it is read: only where somebody asks. */
  readonly totalCount: Promise<number>;
}

/** Declares `<name>Connection` and `<name>Edge` for lists of a type. */
export function connectionType(name: string, itemType: () => ClassType): ClassType<Connection<unknown>> {
  @ObjectType(`${name}Edge`, {
    description: `${/^[AEIOU]/.test(name) ? "An" : "A"} ${name} and its place in a list.`,
  })
  class Edge {
    @Field(() => String, { description: "The place; pass it as `after` to go on from here." })
    cursor!: string;

    @Field(itemType, { description: `The ${name}.` })
    node!: unknown;
  }

  @ObjectType(`${name}Connection`, {
    description: `One page of a list of ${plural(name)}.`,
    simpleResolvers: true,
  })
  class ConnectionType {
    @Field(() => [Edge], { description: "The items with their places." })
    edges!: Connection<unknown>["edges"];

    @Field(() => [itemType()], { description: "The items alone." })
    nodes!: Connection<unknown>["nodes"];

    @Field(() => PageInfo, { description: "Whether and where the list goes on." })
    pageInfo!: PageInfo;

    // Not simple: compiled queries await what a resolver gives, and no property.
    @Field(() => Int, { description: "Items in the whole list; counted only when asked for.", simple: false })
    totalCount!: Connection<unknown>["totalCount"];
  }
  return ConnectionType;
}

function plural(name: string): string {
  if (name.endsWith("Samples")) return name;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** A page in the form that the API shows. */
export function toConnection<Item>(page: Page<Item>): Connection<Item> {
  return {
    edges: page.items.map((node, i) => ({ cursor: page.cursors[i]!, node })),
    nodes: page.items,
    pageInfo: { endCursor: page.cursors.at(-1) ?? null, hasNextPage: page.hasNextPage },
    get totalCount() {
      return page.totalCount();
    },
  };
}
