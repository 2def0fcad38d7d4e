import { DomainError } from "../../errors.js";

/** One line of an outcomes file. */
export interface OutcomeRow {
  readonly task: string;
  readonly ptm: string;
  readonly metric: string;
  /** Finite; larger is better. */
  readonly value: number;
}

const COLUMNS = ["task", "ptm", "metric", "value"] as const;

/**
 * Reads outcomes from comma-separated text with a header line; the four columns may stand in any order, among others.
 *
 * @throws DomainError BAD_USER_INPUT with the number of the first line that is wrong
 */
export function parseOutcomes(text: string): OutcomeRow[] {
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  const places = COLUMNS.map((column) => names.indexOf(column));
  if (places.includes(-1)) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `Outcomes need the columns ${COLUMNS.join(", ")} in the first line, got "${header.slice(0, 200)}".`,
    );
  }
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const cells = line.split(",").map((cell) => cell.trim());
    const [task = "", ptm = "", metric = "", value = ""] = places.map((place) => cells[place] ?? "");
    const number = value === "" ? NaN : Number(value);
    if (task === "" || ptm === "" || metric === "" || !Number.isFinite(number)) {
      throw new DomainError(
        "BAD_USER_INPUT",
        `Line ${i + 2} of the outcomes needs a task, a ptm, a metric and a finite value, got "${line.slice(0, 200)}".`,
      );
    }
    return [{ task, ptm, metric, value: number }];
  });
}
