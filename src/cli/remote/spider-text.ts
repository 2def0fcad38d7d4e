import type { SpiderEvaluationQuery } from "orbweaver-client";

import { type Column, details, table } from "./output.js";

type Spider = NonNullable<SpiderEvaluationQuery["spider"]>;
type Ranker = NonNullable<Spider["evaluation"]>["rankers"][number];

const COLUMNS: readonly Column<Ranker>[] = [
  { title: "ranker", cell: ({ ranker }) => ranker },
  { title: "weighted tau", cell: ({ tauW }) => tauW?.mean.toFixed(3), right: true },
  { title: "95 %", cell: ({ tauW }) => tauW && `${tauW.low.toFixed(3)} to ${tauW.high.toFixed(3)}` },
  { title: "regret@1", cell: ({ regret1 }) => regret1?.mean.toFixed(2), right: true },
  { title: "PTMs run", cell: ({ forwardPasses }) => forwardPasses?.toFixed(0), right: true },
  { title: "tasks", cell: ({ taskCount }) => taskCount, right: true },
];

/** A spider for people: what it is, then how it did beside every ranker that had an answer, the best first. */
export function spiderText(spider: Spider): string {
  const { trainedOn, evaluation, curve } = spider;
  const last = curve.at(-1);
  const facts = details({
    version: spider.version,
    status: spider.active ? `${spider.status}, active` : spider.status,
    reason: spider.statusReason,
    PTMs: spider.zooSize,
    width: spider.width,
    "learned from": trainedOn
      ? `pool ${trainedOn.pool.name}, ${trainedOn.ptmCount} PTMs`
      : "imported, learned elsewhere",
    recipe: trainedOn?.recipe,
    "last epoch":
      last && `${last.epoch}: loss ${last.loss.toFixed(4)}, validation tau ${tau(last.validationTau)}`,
    "validation tau": evaluation && tau(evaluation.validationTau),
    "best to run": evaluation?.rerankTopK,
    merged: evaluation?.mergePolicy,
    "measured by": evaluation?.claimedBy && `${evaluation.claimedBy} (its files say so)`,
    added: `${spider.createdAt}${trainedOn ? ` by ${trainedOn.createdBy}` : ""}`,
    snapshot: spider.snapshotSha256,
    id: spider.id,
  });
  const rankers = (evaluation?.rankers ?? []).filter(({ taskCount }) => taskCount > 0);
  if (rankers.length === 0) return facts;
  const best = rankers.toSorted((a, b) => (b.tauW?.mean ?? -Infinity) - (a.tauW?.mean ?? -Infinity));
  return `${facts}\n\n${table(COLUMNS, best)}`;
}

function tau(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(4);
}
