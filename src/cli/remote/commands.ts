import { Argument, type Command, InvalidArgumentError, Option } from "commander";

import type { Role } from "orbweaver-client";

import { examples, type ListOptions, withLimit } from "./command-parts.js";
import type { ImportOptions } from "./import.js";
import { addLearningCommands } from "./learning-commands.js";
import type { AddPtmOptions } from "./ptm.js";
import type { BringTaskOptions } from "./bring-task.js";
import { type FilterOptions, whole, withFilterOptions } from "./ptm-filter.js";
import type { MeasureOptions } from "./outcome.js";
import type { RankOptions } from "./rank.js";
import type { RerankOptions } from "./rerank.js";
import { type ServerOptions, withServerOptions } from "./server-options.js";
import { withSignatureOptions } from "./signature-options.js";

/** The commands that speak to a server. Each loads its code when it is run. */
export function addRemoteCommands(program: Command): void {
  addRanking(program);
  addPtms(program.command("ptm").description("the pre-trained models of the registry"));
  addTasks(program.command("task").description("the tasks of the registry"));
  addOutcomes(program.command("outcome").description("what was measured"));
  addKeys(program.command("key").description("access keys, for administrators"));
  addLearningCommands(program);
  addImports(
    program.command("import").description("PTMs from other registries; the server must allow their hosts"),
  );
  withServerOptions(program.command("export").description("everything of a kind, on stdout"))
    .addArgument(
      new Argument("<what>", "outcomes come as CSV, the others as JSON lines").choices([
        "ptms",
        "tasks",
        "outcomes",
      ]),
    )
    .action(async (what: "ptms" | "tasks" | "outcomes", options: ServerOptions) =>
      (await import("./export.js")).exportCommand(what, options),
    );
  examples(program, "export", ["orb export outcomes > outcomes.csv", "orb export ptms | jq .name"]);
}

function addRanking(program: Command): void {
  withServerOptions(withFilterOptions(withTaskOptions(program.command("rank"))))
    .description("which PTMs to fine-tune for a task")
    .argument("<task>", "a folder with a folder of images for each class, a .zip or .npz, or a task's name")
    .option("--top <n>", "how many PTMs", whole(1, 1000), 10)
    .action(async (what: string, options: RankOptions) =>
      (await import("./rank.js")).rankCommand(what, options),
    );
  examples(program, "rank", [
    "orb rank ./my-images/",
    "orb rank ./my-images/ --private",
    "orb rank my-images --max-parameters 30M --license Apache-2.0 --json",
  ]);
  withServerOptions(withFilterOptions(withTaskOptions(program.command("rerank"))))
    .description("run the best PTMs on a task's samples and rank again")
    .argument("<task>", "as for rank; its samples must be at the server")
    .option("--top <n>", "how many PTMs to run", whole(1, 100), 5)
    .option("--seconds <n>", "what it may cost; it then ends with what it has", whole(1, 86_400), 600)
    .action(async (what: string, options: RerankOptions) =>
      (await import("./rerank.js")).rerankCommand(what, options),
    );
  examples(program, "rerank", ["orb rerank my-images", "orb rerank ./my-images/ --top 10 --seconds 3600"]);
}

function addPtms(ptm: Command): void {
  withServerOptions(withSignatureOptions(ptm.command("add")))
    .description("upload an ONNX file and wait until it was run")
    .argument("<file>", "an ONNX file with an output of penultimate features")
    .option("--name <name>", "without it, the file's")
    .option("--architecture <name>", "the family of the network, such as resnet50")
    .option("--license <licence>", "under what licence the weights come")
    .option("--tag <tag...>", "free labels")
    .option("--card <file>", "a model card in Markdown")
    .option("--new-version", "make other weights under a name that exists its next version")
    .action(async (file: string, options: AddPtmOptions) =>
      (await import("./ptm.js")).addPtmCommand(file, options),
    );
  examples(ptm, "add", [
    "orb ptm add resnet50.onnx --architecture resnet50 --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225",
  ]);
  withServerOptions(withFilterOptions(withLimit(ptm.command("list"))))
    .description("the PTMs, newest first")
    .action(async (options: ListOptions & FilterOptions) =>
      (await import("./ptm.js")).listPtmsCommand(options),
    );
  examples(ptm, "list", ["orb ptm list", "orb ptm list --architecture resnet50 --json | jq .name"]);
  withServerOptions(ptm.command("show"))
    .description("one PTM")
    .argument("<ptm>", "its name, name@version or id")
    .action(async (which: string, options: ServerOptions) =>
      (await import("./ptm.js")).showPtmCommand(which, options),
    );
  withServerOptions(ptm.command("retire"))
    .description("take a PTM out of rankings; it stays readable")
    .argument("<ptm>", "its name, name@version or id")
    .requiredOption("--reason <text>", "why")
    .option("--successor <ptm>", "what to take in its place")
    .action(async (which: string, options: ServerOptions & { reason: string; successor?: string }) =>
      (await import("./ptm.js")).retirePtmCommand(which, options),
    );
  examples(ptm, "retire", [
    'orb ptm retire resnet50@1 --reason "trained on leaked labels" --successor resnet50@2',
  ]);
  examples(ptm, "show", ["orb ptm show resnet50", "orb ptm show resnet50@2"]);
}

function addKeys(key: Command): void {
  withServerOptions(key.command("create"))
    .description("make an access key; its secret is printed once")
    .argument("<name>", "of its holder")
    .addOption(
      new Option("--role <role>", "what it may do")
        .choices(["VIEWER", "CONTRIBUTOR", "CURATOR", "ADMIN"])
        .default("VIEWER"),
    )
    .option("--expires <moment>", "until when it works, such as 2027-01-01T00:00:00Z")
    .action(async (name: string, options: ServerOptions & { role: Role; expires?: string }) =>
      (await import("./key.js")).createKeyCommand(name, options),
    );
  examples(key, "create", ["orb key create ci --role CONTRIBUTOR --expires 2027-01-01T00:00:00Z"]);
  withServerOptions(key.command("revoke"))
    .description("make an access key worthless")
    .argument("<key>", "its name, prefix or id")
    .action(async (which: string, options: ServerOptions) =>
      (await import("./key.js")).revokeKeyCommand(which, options),
    );
  examples(key, "revoke", ["orb key revoke ci"]);
}

function addTasks(task: Command): void {
  withServerOptions(withTaskOptions(task.command("add")))
    .description("add a task and wait until it can be ranked")
    .argument("<folder>", "a folder with a folder of images for each class, or a .zip or .npz")
    .action(async (what: string, options: ServerOptions & BringTaskOptions) =>
      (await import("./task.js")).addTaskCommand(what, options),
    );
  examples(task, "add", ["orb task add ./my-images/", "orb task add samples.npz --name hands --private"]);
  withServerOptions(withLimit(task.command("list")))
    .description("the tasks, newest first")
    .action(async (options: ListOptions) => (await import("./task.js")).listTasksCommand(options));
  examples(task, "list", ["orb task list --limit 5"]);
  withServerOptions(task.command("show"))
    .description("one task")
    .argument("<task>", "its name, name@version or id")
    .action(async (which: string, options: ServerOptions) =>
      (await import("./task.js")).showTaskCommand(which, options),
    );
  examples(task, "show", ["orb task show my-images", "orb task show my-images@1 --json"]);
}

function addOutcomes(outcome: Command): void {
  withServerOptions(withMeasureOptions(outcome.command("report")))
    .description("report what a PTM reached on a task")
    .argument("<task>", "its name, name@version or id")
    .argument("<ptm>", "its name, name@version or id")
    .argument("<value>", "larger is better; accuracies as fractions", finite)
    .option("--metric <name>", "what was measured", "accuracy")
    .option("--evidence <address>", "where the run can be looked up")
    .action(async (task: string, ptm: string, value: number, options: MeasureOptions) =>
      (await import("./outcome.js")).reportOutcomeCommand(task, ptm, value, options),
    );
  examples(outcome, "report", [
    "orb outcome report my-images resnet50 0.914",
    "orb outcome report my-images resnet50 0.914 --protocol LINEAR_PROBE --seed 1",
  ]);
  withServerOptions(withMeasureOptions(outcome.command("import")))
    .description(
      "report many outcomes from CSV: columns task, ptm, metric, value; others as `orb export` has them",
    )
    .argument("<path>", "a CSV file, or a folder of them")
    .action(async (path: string, options: MeasureOptions) =>
      (await import("./import-outcomes.js")).importOutcomesCommand(path, options),
    );
  examples(outcome, "import", [
    "orb outcome import outcomes.csv",
    "orb outcome import results/ --split validation",
  ]);
}

function addImports(command: Command): void {
  withServerOptions(withImportOptions(command.command("hf")))
    .description("import a PTM from the Hugging Face Hub")
    .argument("<repository>", "owner/name")
    .option("--revision <name>", "a branch, tag or commit", "main")
    .option("--file <path>", "the ONNX file; without it, the only one")
    .option("--hub <address>", "another hub", "https://huggingface.co")
    .action(
      async (
        repository: string,
        options: ImportOptions & { revision: string; file?: string; hub: string },
      ) => {
        const { revision, file, hub: server } = options;
        await (
          await import("./import.js")
        ).importCommand({ huggingFace: { server, repository, revision, file } }, options);
      },
    );
  examples(command, "hf", ["orb import hf google/some-vit --size 224 --mean 0.5 --std 0.5 --revision v1.0"]);
  withServerOptions(withImportOptions(command.command("mlflow")))
    .description("import a PTM from an MLflow model registry")
    .argument("<tracking-server>", "its https address")
    .argument("<model>", "the registered model's name")
    .argument("<version>", "a number or an alias")
    .argument("<file>", "the ONNX file inside the version's artifacts")
    .action(async (server: string, model: string, version: string, file: string, options: ImportOptions) =>
      (await import("./import.js")).importCommand({ mlflow: { server, model, version, file } }, options),
    );
  examples(command, "mlflow", [
    "orb import mlflow https://mlflow.example.org resnet champion model.onnx --size 224",
  ]);
}

function withImportOptions(command: Command): Command {
  return withSignatureOptions(command)
    .option("--name <name>", "what to call it; without it, as the source does")
    .option("--architecture <name>", "the family of the network")
    .option("--license <licence>", "without it, what the source says")
    .option("--new-version", "make other weights under a name that exists its next version");
}

function withTaskOptions(command: Command): Command {
  return command
    .option("--name <name>", "what the task is called; without it, as its folder or file")
    .option("--private", "compute class centres here and send them alone: no sample leaves this machine")
    .option("--size <pixels>", "scale images to squares of this side", whole(8, 4096));
}

function withMeasureOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--protocol <how>", "how the PTM was adapted")
        .choices(["FULL_FINE_TUNE", "LINEAR_PROBE"])
        .default("FULL_FINE_TUNE"),
    )
    .option("--split <name>", "the samples it was measured on", "test")
    .option("--seed <n>", "the seed of the run", whole(-2147483648, 2147483647), 0);
}

function finite(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a finite number.");
}
