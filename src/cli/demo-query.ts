import { TypedDocumentString } from "orbweaver-client";

/** How well an order agrees with what was measured. */
export interface DemoQuality {
  readonly weightedTau: number | null;
  readonly regretAt1: number;
}

export interface DemoRanking {
  readonly zooSize: number;
  readonly entries: readonly {
    readonly rank: number;
    readonly ptm: { readonly name: string };
    readonly fitness: number;
    readonly staticRank: number | null;
    readonly outcome: { readonly value: number } | null;
  }[];
  readonly evidence: {
    readonly seconds: number;
    readonly spider: DemoQuality | null;
    readonly static: DemoQuality | null;
  } | null;
}

/** What the demo asks and then shows: short enough to be read and typed again, which the client's own documents are not. */
export const DEMO_QUERY = new TypedDocumentString<{ rank: DemoRanking }, { taskId: string; topK: number }>(`
query Rank($taskId: ID!, $topK: Int!) {
  rank(taskId: $taskId, topK: $topK) {
    zooSize
    receipt
    entries { rank ptm { name } fitness staticRank outcome { value } }
    evidence {
      seconds
      spider { weightedTau regretAt1 }
      static { weightedTau regretAt1 }
    }
  }
}
`);
