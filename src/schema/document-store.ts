import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

import { sourceOf } from "./trusted-documents.js";

const BYTES = 64 * 1024 * 1024;
/** Of a parsed document, for each character of its text: where it is densest, a field of one letter and a space. */
const BYTES_PER_CHARACTER = 200;

/**
 * What Apollo keeps parsed and valid documents in. Its own counts the JSON of a document, in which its text does not show:
 * thirty megabytes of documents that are mostly comments would hold gigabytes.
 */
export class DocumentStore {
  readonly #documents = new LRUCache<string, DocumentNode>({
    maxSize: BYTES,
    sizeCalculation: (document) => BYTES_PER_CHARACTER * (1 + sourceOf(document).length),
  });

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.#documents.get(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.#documents.set(key, document);
  }

  async delete(key: string): Promise<boolean> {
    return this.#documents.delete(key);
  }
}
