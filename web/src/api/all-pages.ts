import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Client } from "urql";

interface Page<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

const LARGEST_PAGE = 100;

/**
 * Every page of a list, one after the other, as they come.
 *
 * @throws CombinedError if a page cannot be had
 */
export async function* allPages<Data, Item>(
  client: Client,
  document: TypedDocumentNode<Data, { first: number; after?: string | null | undefined }>,
  pick: (data: Data) => Page<Item>,
): AsyncGenerator<readonly Item[]> {
  for (let after: string | null = null; ;) {
    const answer = await client
      .query(document, { first: LARGEST_PAGE, after }, { requestPolicy: "network-only" })
      .toPromise();
    if (answer.error) throw answer.error;
    const { nodes, pageInfo } = pick(answer.data!);
    yield nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}
