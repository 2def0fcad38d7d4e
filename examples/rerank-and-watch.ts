import process from "node:process";

import { made, RankingUpdatedDocument, RerankDocument } from "orbweaver-client";

import { connect, taskNamed } from "./connect.js";

const [taskName, topK = "3"] = process.argv.slice(2);
if (taskName === undefined) throw new Error("Say which task, and how many PTMs to run.");

const orb = connect();
try {
  const task = await taskNamed(orb, taskName);
  const input = { taskId: task.id, topK: Number(topK), budget: { seconds: 600 } };
  const { rerank } = await orb.ask(RerankDocument, { input });
  const { id } = made(rerank, "ranking");
  for await (const { rankingUpdated: ranking } of orb.watch(RankingUpdatedDocument, { rankingId: id })) {
    const order = ranking.entries.map(({ ptm, reranked }) => `${ptm.name}${reranked ? "*" : ""}`);
    process.stdout.write(`${ranking.stage}: ${order.slice(0, 5).join(" > ")}\n`);
  }
} finally {
  await orb.close();
}
