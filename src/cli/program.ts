import { readFileSync } from "node:fs";
import process from "node:process";

import { Argument, Command } from "commander";

import { candidates, SCRIPTS, type Shell, SHELLS } from "./completion.js";
import type { EvaluateOptions } from "./evaluate.js";
import { examples } from "./remote/command-parts.js";
import { addRemoteCommands } from "./remote/commands.js";
import { addWebhookCommands } from "./remote/webhook-commands.js";
import { type ServerOptions, withServerOptions } from "./remote/server-options.js";

/** The whole command line. Commands load on demand: `orb --help` should not wait for a database driver. */
export function orbProgram(): Command {
  const program = new Command("orb")
    .description("Which of our pre-trained models should I fine-tune for this task?")
    .version(version())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", "\nSettings and exit codes: docs/configuration.md and docs/cli.md.")
    .showHelpAfterError("(add --help for examples and options)")
    .exitOverride();
  addRemoteCommands(program);
  addWebhookCommands(program.command("webhook").description("who is told of events, for administrators"));
  addServerCommands(program);
  addDoctor(program);
  addZooCommands(program);
  addShellCommands(program);
  return program;
}

const EXAMPLES = `Examples:
  orb rank ./my-images/           from a folder to an answer, on this machine
  orb rerank my-images            run the best PTMs and rank again
  orb serve                       the server for everybody
  orb doctor                      what is missing here
`;

function version(): string {
  const file = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function addServerCommands(program: Command): void {
  program
    .command("serve")
    .description("answer GraphQL and work on jobs")
    .option("--roles <list>", "what this process does: api, worker, or both", "api,worker")
    .action(async (options: { roles: string }) => (await import("./serve.js")).serveCommand(options));

  program
    .command("worker")
    .description("work on jobs, for servers on this or any other machine")
    .option("--queues <list>", "which jobs to take: cpu, gpu, or kinds such as run-ptm; without it, all")
    .option("--concurrency <n>", "how many jobs of a kind at a time; without it, ORB_JOB_CONCURRENCY")
    .action(async (options: { queues?: string; concurrency?: string }) =>
      (await import("./worker.js")).workerCommand(options),
    );

  program
    .command("migrate")
    .description("bring the database's tables up to date")
    .option("--revert", "take back the newest migration instead")
    .action(async (options: { revert?: boolean }) => (await import("./migrate.js")).migrateCommand(options));

  program
    .command("new-key")
    .description("make a secret for ORB_BOOTSTRAP_KEY")
    .action(async () => (await import("./new-key.js")).newKeyCommand());

  program
    .command("demo")
    .description("import the demo zoo, add a task through the API, rank it, stay up")
    .option("--once", "stop after the ranking")
    .option("--json", "print the result as one JSON line at the end")
    .action(async (options: { once?: boolean; json?: boolean }) =>
      (await import("./demo.js")).demoCommand(options),
    );
}

function addDoctor(program: Command): void {
  withServerOptions(program.command("doctor"))
    .description("check what Orbweaver needs on this machine, and say what to do")
    .action(async (options: ServerOptions) => (await import("./doctor/doctor.js")).doctorCommand(options));
  examples(program, "doctor", ["orb doctor", "orb doctor --server https://orb.example.org --key ..."]);
}

function addShellCommands(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));
  examples(program, "completion", [
    'eval "$(orb completion bash)"',
    "orb completion zsh > ~/.zfunc/_orb",
    "orb completion fish > ~/.config/fish/completions/orb.fish",
  ]);
  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action((words: string[]) => {
      for (const { word, about } of candidates(program, words)) process.stdout.write(`${word}\t${about}\n`);
    });
}

function addZooCommands(program: Command): void {
  program
    .command("evaluate")
    .description("compare rankings with measured outcomes, task by task")
    .option("--tasks <folder>", "task archives (.npz or .zip); without it, the demo zoo's tasks")
    .option("--outcomes <file>", "measured outcomes: columns task, ptm, metric, value")
    .option("--reranked", "run the spider's best 1 to 10 PTMs on every task and rank again")
    .option("--metrics", "run every PTM on every task and rank by each transferability metric too")
    .option("--json", "print one JSON object per ranker and task")
    .option("--spider <folder>", "a trained spider; without it, the demo zoo's")
    .option("--svg <file>", "draw the comparison")
    .option("--keep", "leave the comparison beside the spider, to be imported with it")
    .action(async (options: EvaluateOptions) => (await import("./evaluate.js")).evaluateCommand(options));

  program
    .command("train")
    .description("learn a spider from the demo zoo's measured pool, draw its curve, evaluate it")
    .option("--out <folder>", "where the spider goes; without it, a folder under ORB_HOME")
    .option("--seed <integer>", "draws parameters, batches and dropout")
    .option("--recipe <json>", 'what differs from the default recipe, for example {"epochs":4}')
    .option("--no-evaluate", "train only")
    .action(async (options: { out?: string; seed?: string; recipe?: string; evaluate: boolean }) =>
      (await import("./train.js")).trainCommand(options),
    );

  program
    .command("schema")
    .description("write schema.graphql")
    .option("--check", "fail if schema.graphql is not what the code says")
    .action(async (options: { check?: boolean }) => (await import("./schema.js")).schemaCommand(options));

  program
    .command("refs <files...>")
    .description("compute the quantities of reference case files, one JSON line a value")
    .action(async (files: string[]) =>
      (await import("./refs.js")).refsCommand(files, (line) => void process.stdout.write(`${line}\n`)),
    );

  program
    .command("paper-table")
    .description("recompute the paper's table of metrics and static rankings")
    .action(async () =>
      (await import("./paper-table.js")).paperTableCommand((line) => process.stdout.write(`${line}\n`)),
    );
}
