import { type Command } from "commander";

import { whole } from "./ptm-filter.js";
import type { ServerOptions } from "./server-options.js";

export type ListOptions = ServerOptions & { limit: number };

export function withLimit(command: Command): Command {
  return command.option("--limit <n>", "at most so many", whole(1, 1_000_000), 100);
}

/** Examples come first in the help of a command: people read them, not lists of options. */
export function examples(parent: Command, name: string, lines: readonly string[]): void {
  const command = parent.commands.find((known) => known.name() === name)!;
  command.addHelpText("before", `Examples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
}
