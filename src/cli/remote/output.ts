import process from "node:process";

import { wantsColour } from "../../config.js";

/** Data for programs: one JSON object a line. */
export function printJson(...objects: readonly object[]): void {
  for (const object of objects) process.stdout.write(`${JSON.stringify(object)}\n`);
}

/** One column of a table for people. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | null | undefined;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

/** A table for people, without lines; columns in which every cell is empty are left out. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const shown = columns
    .map(({ title, cell, right = false }) => ({
      title,
      right,
      cells: rows.map((row) => String(cell(row) ?? "")),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widths = shown.map(({ title, cells }) =>
    Math.max(title.length, ...cells.map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (shown[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const head = dim(line(shown.map(({ title }) => title)));
  return [head, ...rows.map((_, row) => line(shown.map(({ cells }) => cells[row]!)))].join("\n");
}

/** Names and values of one object, a line each; what is absent is left out. */
export function details(entries: Readonly<Record<string, string | number | null | undefined>>): string {
  const present = Object.entries(entries).filter(([, value]) => value != null && value !== "");
  const width = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${dim(name.padEnd(width))}  ${value}`).join("\n");
}

export function dim(text: string): string {
  return wantsColour(process.stdout) ? `\u001b[2m${text}\u001b[22m` : text;
}

export function green(text: string): string {
  return wantsColour(process.stdout) ? `\u001b[32m${text}\u001b[39m` : text;
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** 1234567 as "1.2 M". */
export function count(value: number | null): string {
  if (value === null) return "";
  const [divisor, unit] =
    value >= 1e9 ? [1e9, " G"] : value >= 1e6 ? [1e6, " M"] : value >= 1e3 ? [1e3, " k"] : [1, ""];
  return `${(value / divisor).toFixed(divisor === 1 ? 0 : 1)}${unit}`;
}
