import type { AuditFilter } from "../generated/documents.ts";

const startOfDay = (day: string, later = 0): string => {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  return new Date(year, month - 1, date + later).toISOString();
};

/** What the page asks for, as it stands in its address. Days are the visitor's own, and the last one is looked at whole. */
export function readFilter(search: string): AuditFilter {
  const parameters = new URLSearchParams(search);
  const value = (name: string): string => parameters.get(name) ?? "";
  const day = (name: string): string => (/^\d{4}-\d\d-\d\d$/.test(value(name)) ? value(name) : "");
  return {
    ...(value("actor") && { actor: value("actor") }),
    ...(value("action") && { action: value("action") }),
    ...(day("from") && { since: startOfDay(day("from")) }),
    ...(day("to") && { until: startOfDay(day("to"), 1) }),
  };
}

/** The same question to GET /audit.ndjson. */
export function exportAddress(filter: AuditFilter): string {
  const parameters = Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]);
  return `/audit.ndjson?${new URLSearchParams(parameters).toString()}`;
}
