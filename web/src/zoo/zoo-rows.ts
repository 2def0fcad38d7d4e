import type { ZooPageQuery } from "../generated/documents.ts";

export type ZooRow = ZooPageQuery["ptms"]["nodes"][number];

/** Properties that rows are grouped by. */
export const FACETS = ["architecture", "license", "status", "tags"] as const;
export type Facet = (typeof FACETS)[number];
export type Chosen = Readonly<Record<Facet, readonly string[]>>;
export const NONE: Chosen = { architecture: [], license: [], status: [], tags: [] };

export const SORTS = {
  name: (a: ZooRow, b: ZooRow) => a.name.localeCompare(b.name) || b.version - a.version,
  architecture: (a: ZooRow, b: ZooRow) => (a.architecture ?? "").localeCompare(b.architecture ?? ""),
  parameterCount: (a: ZooRow, b: ZooRow) => a.parameterCount - b.parameterCount,
  /** Those that are not known come last. */
  macs: (a: ZooRow, b: ZooRow) => (a.macs ?? Infinity) - (b.macs ?? Infinity) || 0,
  sizeBytes: (a: ZooRow, b: ZooRow) => a.sizeBytes - b.sizeBytes,
  license: (a: ZooRow, b: ZooRow) => (a.license ?? "").localeCompare(b.license ?? ""),
  status: (a: ZooRow, b: ZooRow) => a.status.localeCompare(b.status),
  createdAt: (a: ZooRow, b: ZooRow) => a.createdAt.localeCompare(b.createdAt),
};
export type SortKey = keyof typeof SORTS;

function valuesOf(row: ZooRow, facet: Facet): readonly string[] {
  if (facet === "tags") return row.tags;
  const value = row[facet];
  return value === null ? [] : [value];
}

/** What a row is searched by, made once. */
const texts = new WeakMap<ZooRow, string>();
function textOf(row: ZooRow): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = [row.name, row.architecture, row.license, ...row.tags].join(" ").toLowerCase();
    texts.set(row, text);
  }
  return text;
}

export function matching(rows: readonly ZooRow[], sought: string, chosen: Chosen, but?: Facet): ZooRow[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const asked = FACETS.filter((facet) => facet !== but && chosen[facet].length > 0);
  return rows.filter(
    (row) =>
      words.every((word) => textOf(row).includes(word)) &&
      asked.every((facet) => valuesOf(row, facet).some((value) => chosen[facet].includes(value))),
  );
}

/** How many rows each value would leave, most first: the facet's own choice does not count against it. */
export function countValues(rows: readonly ZooRow[], facet: Facet): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const value of valuesOf(row, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}
