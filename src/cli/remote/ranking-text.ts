import type { RankingPartsFragment } from "orbweaver-client";

import { type Column, count, green, table } from "./output.js";

const BAR_WIDTH = 20;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** What the fitness of those that were run says beside that of the others. */
const MERGED = {
  AMONG_THEMSELVES:
    "* share out the places they had, by fitness; theirs does not compare with that of the others",
  FULL_LIST: "* were run; the whole list is sorted by fitness",
  MIXED_WITH_SCORES:
    "* share out the places they had, by fitness and the scores of their runs; it does not compare with that of the others",
} as const;

type Entry = RankingPartsFragment["entries"][number];

/** A ranking for people: one line a PTM, with its fitness as a bar. */
export function rankingText({ entries }: Pick<RankingPartsFragment, "entries">): string {
  const fitness = entries.map((entry) => entry.fitness);
  const [low, high] = [Math.min(...fitness), Math.max(...fitness)];
  const columns: Column<Entry>[] = [
    { title: "rank", cell: ({ rank }) => rank, right: true },
    { title: "PTM", cell: ({ ptm, reranked }) => `${ptm.name}${reranked ? " *" : ""}` },
    // The worst of the list keeps a stump: a bar of no length would look like a missing one.
    { title: "fitness", cell: (entry) => bar(high > low ? (entry.fitness - low) / (high - low) : 1) },
    { title: "", cell: (entry) => entry.fitness.toFixed(3), right: true },
    { title: "static", cell: ({ staticRank }) => staticRank, right: true },
    { title: "architecture", cell: ({ ptm }) => ptm.architecture },
    { title: "weights", cell: ({ ptm }) => count(ptm.parameterCount), right: true },
    { title: "MACs", cell: ({ ptm }) => count(ptm.macs), right: true },
    { title: "licence", cell: ({ ptm }) => ptm.license },
    { title: "measured", cell: ({ outcome }) => outcome && outcome.value.toFixed(3), right: true },
  ];
  return table(columns, entries);
}

/** What the ranking rests on, in a few lines. */
export function evidenceText(ranking: RankingPartsFragment): string {
  const { evidence, zooSize, spider, receipt } = ranking;
  const rests = [`${zooSize} PTMs ranked by spider ${spider.version}`];
  if (evidence !== null) {
    const { forwardPasses, runsReused } = evidence;
    rests.push(
      forwardPasses + runsReused === 0
        ? "none was run"
        : `${forwardPasses} run now, ${runsReused} before (*)`,
      `${(1000 * evidence.seconds).toFixed(1)} ms`,
    );
  }
  rests.push(`receipt ${receipt.slice(0, 12)}`);
  const lines = [rests.join(", ")];
  const quality = [
    evidence?.spider &&
      `this ranking: weighted tau ${tau(evidence.spider.weightedTau)}, regret@1 ${evidence.spider.regretAt1.toFixed(1)}`,
    evidence?.static &&
      `static ranking: weighted tau ${tau(evidence.static.weightedTau)}, regret@1 ${evidence.static.regretAt1.toFixed(1)}`,
  ].filter(Boolean);
  if (evidence && quality.length > 0)
    lines.push(`against ${evidence.outcomeCount} outcomes: ${quality.join("; ")} points`);
  if (evidence?.mergePolicy) lines.push(MERGED[evidence.mergePolicy]);
  return lines.join("\n");
}

function tau(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(3);
}

function bar(part: number): string {
  const eighths = Math.max(1, Math.round(8 * BAR_WIDTH * part));
  return green(`${"█".repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}`);
}
