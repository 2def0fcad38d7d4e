import { parse } from "csv-parse/sync";

import { OUTCOME_PROTOCOLS, type OutcomeProtocol } from "../../entities/outcome.js";
import { DomainError } from "../../errors.js";

/** One line of an outcomes file. */
export interface OutcomeRow {
  readonly task: string;
  readonly ptm: string;
  readonly metric: string;
  /** Finite; larger is better. */
  readonly value: number;
  /** What follows is there where the file has the column and the line a cell. */
  readonly taskVersion?: number;
  readonly ptmVersion?: number;
  readonly protocol?: OutcomeProtocol;
  readonly split?: string;
  readonly seed?: number;
  readonly evidenceUrl?: string;
}

const COLUMNS = ["task", "ptm", "metric", "value"] as const;

interface Line {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
  readonly raw: string;
}

/**
 * Reads outcomes from comma-separated text (RFC 4180) with a header line; the columns may stand in any order, among others.
 *
 * @throws DomainError BAD_USER_INPUT with the number of the first line that is wrong
 */
export function parseOutcomes(text: string): OutcomeRow[] {
  return linesOf(text).map(rowOf);
}

function rowOf({ record, info, raw }: Line): OutcomeRow {
  const cell = (name: string): string | undefined => withoutGuard(record[name] ?? "") || undefined;
  const number = (name: string): number | undefined => numberOf(cell(name));
  const [task, ptm, metric, value] = [cell("task"), cell("ptm"), cell("metric"), number("value")];
  const optional = {
    taskVersion: number("taskVersion"),
    ptmVersion: number("ptmVersion"),
    protocol: cell("protocol") as OutcomeProtocol | undefined,
    split: cell("split"),
    seed: number("seed"),
    evidenceUrl: cell("evidenceUrl"),
  };
  const { taskVersion = 1, ptmVersion = 1, protocol = "FULL_FINE_TUNE", seed = 0 } = optional;
  const wrong =
    task === undefined || ptm === undefined || metric === undefined || !Number.isFinite(value)
      ? "a task, a ptm, a metric and a finite value"
      : ![taskVersion, ptmVersion, seed].every(Number.isInteger)
        ? "whole numbers as versions and seed"
        : !OUTCOME_PROTOCOLS.includes(protocol)
          ? `one of ${OUTCOME_PROTOCOLS.join(", ")} as protocol`
          : undefined;
  if (wrong !== undefined) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `Line ${info.lines} of the outcomes needs ${wrong}, got "${raw.trim().slice(0, 200)}".`,
    );
  }
  const given = Object.fromEntries(Object.entries(optional).filter(([, part]) => part !== undefined));
  return { task: task!, ptm: ptm!, metric: metric!, value: value!, ...given };
}

function linesOf(text: string): Line[] {
  let header: string[] = [];
  let lines: Line[];
  try {
    lines = parse(text, {
      bom: true,
      columns: (names: string[]) => (header = names),
      info: true,
      raw: true,
      record_delimiter: ["\r\n", "\n", "\r"], // both in one file, where a program went on with a spreadsheet's
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as Line[];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError("BAD_USER_INPUT", `The outcomes are not comma-separated text: ${reason}.`, {
      cause,
    });
  }
  if (COLUMNS.every((column) => header.includes(column))) return lines;
  throw new DomainError(
    "BAD_USER_INPUT",
    `Outcomes need the columns ${COLUMNS.join(", ")} in the first line, got "${header.join(",").slice(0, 200)}".`,
  );
}

/** `orb export` puts a quote mark before what a spreadsheet would take for a formula. */
function withoutGuard(cell: string): string {
  return cell.replace(/^'(?=[=+\-@])/, "");
}

function numberOf(cell: string | undefined): number | undefined {
  return cell === undefined ? undefined : Number(cell);
}
