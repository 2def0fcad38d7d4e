import { type Command, InvalidArgumentError } from "commander";
import type { PtmFilter } from "orbweaver-client";

/** The options that say which PTMs. */
export interface FilterOptions {
  readonly license?: string[];
  readonly architecture?: string[];
  readonly tag?: string[];
  readonly maxParameters?: number;
  readonly maxSize?: number;
  readonly maxMacs?: number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

export function withFilterOptions(command: Command): Command {
  return command
    .option("--license <licence...>", "only PTMs with one of these licences")
    .option("--architecture <name...>", "only PTMs of one of these architectures")
    .option("--tag <tag...>", "only PTMs with every one of these tags")
    .option("--max-parameters <n>", "only PTMs with at most so many weights, such as 30M", amount)
    .option("--max-size <bytes>", "only PTMs with a file of at most so many bytes, such as 100M", amount)
    .option("--max-macs <n>", "only PTMs with at most so many MACs an image, such as 2G", amount);
}

export function toFilter(options: FilterOptions): PtmFilter {
  const { license, architecture, tag, maxParameters, maxSize, maxMacs } = options;
  return {
    ...(license && { license }),
    ...(architecture && { architecture }),
    ...(tag && { tags: tag }),
    ...(maxParameters !== undefined && { parameterCount: { lte: maxParameters } }),
    ...(maxSize !== undefined && { sizeBytes: { lte: maxSize } }),
    ...(maxMacs !== undefined && { macs: { lte: maxMacs } }),
  };
}

/** "30M" as 30,000,000. */
export function amount(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("It must be a number, perhaps with k, M or G.");
  return Number(number) * UNITS[unit.toLowerCase()]!;
}

/** A whole number within limits, for an option. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= low && number <= high) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
  };
}
