import type { RankingPartsFragment } from "../generated/documents.ts";

const COLUMNS = [
  "rank",
  "ptm",
  "version",
  "fitness",
  "coarse_rank",
  "static_rank",
  "reranked",
  "metric",
  "outcome",
  "license",
  "parameters",
  "macs",
  "bytes",
] as const;

/** The ranking as a table that spreadsheets read. */
export function toCsv({ entries }: RankingPartsFragment): string {
  const rows = entries.map(({ ptm, outcome, ...entry }) => [
    entry.rank,
    ptm.name,
    ptm.version,
    entry.fitness,
    entry.coarseRank,
    entry.staticRank,
    entry.reranked,
    outcome?.metric,
    outcome?.value,
    ptm.license,
    ptm.parameterCount,
    ptm.macs,
    ptm.sizeBytes,
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A text that begins like a formula is one to a spreadsheet: an apostrophe in front keeps it a text. */
function cell(value: string | number | boolean | null | undefined): string {
  if (typeof value !== "string") return String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
