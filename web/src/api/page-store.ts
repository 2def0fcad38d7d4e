import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useState, useSyncExternalStore } from "react";
import { type Client, type CombinedError, useClient } from "urql";

import { allPages } from "./all-pages.ts";

/** What has come of a list so far. */
export interface Loaded<Item> {
  readonly items: readonly Item[];
  readonly done: boolean;
  readonly error: CombinedError | undefined;
}

type Pageable<Data> = TypedDocumentNode<Data, { first: number; after?: string | null | undefined }>;
type Pages<Data, Item> = (data: Data) => {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
};

/** A list that is looked at again within this time, in ms, is not asked for again. */
const FRESH = 30_000;
/** Those who look are told after the first pages and then now and then: each telling sorts and draws the whole list. */
const TOLD_AT_ONCE = 3;
const TELL_EVERY = 10;

class PageStore<Item> {
  loaded: Loaded<Item> = { items: [], done: false, error: undefined };
  readonly begun = Date.now();
  readonly #told = new Set<() => void>();

  constructor(pages: AsyncGenerator<readonly Item[]>) {
    void this.#read(pages);
  }

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#told.add(tell);
    return () => void this.#told.delete(tell);
  };

  async #read(pages: AsyncGenerator<readonly Item[]>): Promise<void> {
    const items: Item[] = [];
    try {
      let count = 0;
      for await (const page of pages) {
        items.push(...page);
        if (++count <= TOLD_AT_ONCE || count % TELL_EVERY === 0)
          this.#tell({ done: false, error: undefined }, items);
      }
      this.#tell({ done: true, error: undefined }, items);
    } catch (error) {
      this.#tell({ done: true, error: error as CombinedError }, items);
    }
  }

  #tell(state: Omit<Loaded<Item>, "items">, items: readonly Item[]): void {
    this.loaded = { ...state, items: [...items] };
    for (const tell of this.#told) tell();
  }
}

const stores = new WeakMap<Client, Map<object, PageStore<unknown>>>();

function storeOf<Data, Item>(
  client: Client,
  document: Pageable<Data>,
  pages: Pages<Data, Item>,
): PageStore<Item> {
  const ofClient = stores.get(client) ?? new Map<object, PageStore<unknown>>();
  stores.set(client, ofClient);
  const known = ofClient.get(document) as PageStore<Item> | undefined;
  if (known !== undefined && Date.now() - known.begun < FRESH && !known.loaded.error) return known;
  const store = new PageStore(allPages(client, document, pages));
  ofClient.set(document, store);
  return store;
}

/** A whole list, page after page, as far as it has come. Filtering and sorting it then costs no request. */
export function useAll<Data, Item>(document: Pageable<Data>, pages: Pages<Data, Item>): Loaded<Item> {
  const client = useClient();
  const [store] = useState(() => storeOf(client, document, pages));
  return useSyncExternalStore(store.subscribe, () => store.loaded);
}
