import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Command } from "commander";

import { candidates } from "../../src/cli/completion.js";
import { EXIT } from "../../src/cli/exit-codes.js";
import { orbProgram } from "../../src/cli/program.js";
import { repositoryRoot } from "../support/paths.js";

const words = (...typed: string[]): string[] => candidates(orbProgram(), typed).map(({ word }) => word);

test("completion knows commands, options, choices and when a file is wanted", () => {
  assert.deepEqual(words("ra"), ["rank"]);
  assert.deepEqual(words("outcome", ""), ["report", "import"]);
  assert.deepEqual(words("rank", "--pri"), ["--private"]);
  assert.deepEqual(words("outcome", "report", "--protocol", ""), ["FULL_FINE_TUNE", "LINEAR_PROBE"]);
  assert.deepEqual(words("outcome", "report", "--protocol", "L"), ["LINEAR_PROBE"]);
  assert.deepEqual(words("export", "o"), ["outcomes"]);
  assert.deepEqual(words("pool", ""), ["list", "create", "measure"]);
  assert.deepEqual(words("completion", ""), ["bash", "zsh", "fish"]);
  assert.deepEqual(words("rank", ""), []);
  assert.deepEqual(words("rank", "--license", "MIT", ""), []);
  assert.ok(!words("").includes("complete"));
});

/** Every command that does something, with the words that call it. */
function leaves(command: Command, path = ""): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== "help")
    .flatMap((child) => leaves(child, `${path} ${child.name()}`.trim()));
}

test("every command and every option says what it is for, and those that speak to a server show examples first", () => {
  for (const { path, command } of leaves(orbProgram())) {
    assert.notEqual(command.description(), "", path);
    for (const option of command.options) assert.notEqual(option.description, "", `${path} ${option.flags}`);
    if (!command.options.some(({ long }) => long === "--server")) continue;
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    assert.match(help, new RegExp(`^Examples:\n {2}orb ${path}`), path);
  }
});

test("docs/cli.md lists every command and every exit code", async () => {
  const page = await readFile(new URL("docs/cli.md", repositoryRoot), "utf8");
  for (const { path } of leaves(orbProgram())) assert.ok(page.includes(`\`orb ${path}`), path);
  const documented = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(documented, Object.values(EXIT));
});
