#!/usr/bin/env node
import "reflect-metadata";

import { Command, InvalidArgumentError } from "commander";

import { DomainError } from "../errors.js";
import type { EvaluateOptions } from "./evaluate.js";

/** Commands load on demand: `orb --help` should not wait for a database driver. */
const program = new Command("orb")
  .description("Which of our pre-trained models should I fine-tune for this task?")
  .showHelpAfterError();

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
  .command("demo")
  .description("import the demo zoo, add a task through the API, rank it, stay up")
  .option("--once", "stop after the ranking")
  .option("--json", "print the result as one JSON line at the end")
  .action(async (options: { once?: boolean; json?: boolean }) =>
    (await import("./demo.js")).demoCommand(options),
  );

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

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof InvalidArgumentError) throw error;
  // A mistake of the caller is told in one line; a defect shows where it is.
  const isCallers = error instanceof DomainError || (error as Error).message.startsWith("The configuration");
  process.stderr.write(`orb: ${isCallers ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
