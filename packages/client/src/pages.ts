interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/**
 * Every item of a list, page after page.
 *
 * @param ask gives the page behind a cursor; undefined for the first
 */
export async function* everyItem<Node>(
  ask: (after: string | undefined) => Promise<Page<Node>>,
): AsyncGenerator<Node> {
  let after: string | undefined;
  do {
    const { nodes, pageInfo } = await ask(after);
    yield* nodes;
    after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined);
}
