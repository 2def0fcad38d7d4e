import type { Argument, Command, Option } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** One thing that may come next, with what it is. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/**
 * What may stand where the cursor is. Shells ask this program, so that what they offer is never older than it is. Nothing
 * where a file, a name or a number stands: shells then offer files.
 *
 * @param words those behind `orb`, up to the cursor; the last one may be half written or empty
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  const current = words.at(-1) ?? "";
  let command = program;
  let taken = 0;
  let pending: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (pending !== undefined && !word.startsWith("-")) {
      if (!pending.variadic) pending = undefined;
      continue;
    }
    pending = undefined;
    const option = command.options.find(({ long, short }) => word === long || word === short);
    if (option !== undefined) {
      if (option.required || option.optional) pending = option;
      continue;
    }
    const next = visible(command).find((known) => known.name() === word);
    if (next !== undefined) command = next;
    else taken += 1;
  }
  return all(command, current, pending, taken).filter(({ word }) => word.startsWith(current));
}

function all(command: Command, current: string, pending: Option | undefined, taken: number): Candidate[] {
  if (pending !== undefined && !current.startsWith("-")) return choices(pending, pending.description);
  if (current.startsWith("-")) {
    return [
      ...command.options.filter(({ hidden }) => !hidden),
      { long: "--help", description: "display help" },
    ].map(({ long, description }) => ({ word: long ?? "", about: description }));
  }
  const argument = command.registeredArguments[taken];
  return [
    ...visible(command).map((known) => ({ word: known.name(), about: known.description() })),
    ...(argument ? choices(argument, argument.description) : []),
  ];
}

/** Without `help`, which every command has and nobody needs beside --help. */
const visible = (command: Command): Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((known) => known.name() !== "help");

function choices({ argChoices = [] }: Pick<Option | Argument, "argChoices">, about: string): Candidate[] {
  return argChoices.map((word) => ({ word, about }));
}

/** What a shell evaluates once: it then asks `orb complete` at every press of the key. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_orb() {
  local IFS=$'\\n'
  COMPREPLY=($(orb complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _orb orb
`,
  zsh: `#compdef orb
_orb() {
  local -a candidates
  candidates=("\${(@f)$(orb complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null | sed 's/:/\\\\:/g; s/\\t/:/')}")
  if [[ -n "\${candidates[1]}" ]]; then _describe orb candidates; else _files; fi
}
compdef _orb orb
`,
  fish: `complete -c orb -a '(orb complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};
