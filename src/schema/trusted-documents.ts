import { readFile } from "node:fs/promises";

import { type DocumentNode, GraphQLError } from "graphql";
import { z } from "zod";

import { sha256 } from "../services/digest.js";

const manifest = z.record(z.string(), z.string());

/** The documents that clients may send, where no others are taken: what was not foreseen cannot be asked. */
export class TrustedDocuments {
  private constructor(private readonly documents: ReadonlyMap<string, string>) {}

  /**
   * Reads a manifest: a JSON object of documents by their SHA-256, as code generators write it.
   *
   * @throws Error if it cannot be read or a document does not have its digest
   */
  static async read(path: string): Promise<TrustedDocuments> {
    const wrong = (what: string, cause?: unknown): Error =>
      new Error(`The configuration is wrong:\n  ORB_TRUSTED_DOCUMENTS: ${what}`, { cause });
    let documents: Record<string, string>;
    try {
      documents = manifest.parse(JSON.parse(await readFile(path, "utf8")));
    } catch (cause) {
      throw wrong("is no readable JSON file of documents by their SHA-256", cause);
    }
    for (const [digest, document] of Object.entries(documents)) {
      if (sha256(document) !== digest)
        throw wrong(`the document of ${digest.slice(0, 80)} has another SHA-256`);
    }
    return new TrustedDocuments(new Map(Object.entries(documents)));
  }

  /** @throws GraphQLError FORBIDDEN */
  require(source: string): void {
    if (this.documents.has(sha256(source))) return;
    throw new GraphQLError("This server takes the documents of its list only, and this is none of them.", {
      extensions: { code: "FORBIDDEN", http: { status: 403 } },
    });
  }

  /** As what Apollo keeps persisted queries in: clients send the digest alone, and nobody can add one. */
  asCache(): {
    get: (key: string) => Promise<string | undefined>;
    set: () => Promise<void>;
    delete: () => Promise<void>;
  } {
    return {
      get: async (key) => this.documents.get(key.slice(key.indexOf(":") + 1)),
      set: async () => undefined,
      delete: async () => undefined,
    };
  }
}

/** The text that a document was parsed from. */
export function sourceOf({ loc }: DocumentNode): string {
  return loc?.source.body ?? "";
}
