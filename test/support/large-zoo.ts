import type { Page } from "playwright-core";

import { uniformStream } from "../../src/engine/random.js";

const PAGE = 100;
const TOKEN_WIDTH = 128;

/** Lets a page see a zoo of many PTMs: its questions for the whole zoo are answered here, all others by the server. */
export async function answerLargeZoo(page: Page, total: number): Promise<void> {
  const random = uniformStream(1);
  const tokens = Array.from({ length: PAGE }, () => {
    const vector = Float32Array.from({ length: TOKEN_WIDTH }, () => 2 * random() - 1);
    return Buffer.from(vector.buffer);
  });
  // Each page's tokens are those of the first, turned by the page's number: distinct, and drawn once.
  const token = (index: number): string => {
    const bytes = tokens[index % PAGE]!;
    const turn = 4 * (Math.floor(index / PAGE) % TOKEN_WIDTH);
    return Buffer.concat([bytes.subarray(turn), bytes.subarray(0, turn)]).toString("base64");
  };
  await page.route("**/graphql", async (route) => {
    const { operationName, variables } = route.request().postDataJSON() as {
      operationName: string;
      variables: { after?: string | null };
    };
    if (operationName !== "ZooPage" && operationName !== "MapPtms") return route.continue();
    const from = Number(variables.after ?? 0);
    const nodes = Array.from({ length: PAGE }, (_, i) => ({
      __typename: "Ptm",
      id: `ptm-${from + i}`,
      name: `ptm-${String(from + i).padStart(5, "0")}`,
      version: 1,
      architecture: `family-${(from + i) % 7}`,
      license: (from + i) % 2 ? "MIT" : "Apache-2.0",
      parameterCount: 1000 * (total - from - i),
      macs: null,
      sizeBytes: 4000 * (from + i + 1),
      tags: [],
      status: "READY",
      createdAt: "2026-11-25T00:00:00.000Z",
      ...(operationName === "MapPtms" && { token: { __typename: "PtmToken", vector: token(from + i) } }),
    }));
    const pageInfo = { endCursor: String(from + PAGE), hasNextPage: from + PAGE < total };
    return route.fulfill({ json: { data: { ptms: { nodes, pageInfo } } } });
  });
}
