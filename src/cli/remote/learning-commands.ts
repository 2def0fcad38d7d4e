import { type Command, InvalidArgumentError } from "commander";

import { examples, type ListOptions, withLimit } from "./command-parts.js";
import type { CreatePoolOptions } from "./pool.js";
import { whole } from "./ptm-filter.js";
import { type ServerOptions, withServerOptions } from "./server-options.js";
import type { TrainSpiderOptions } from "./spider.js";

const LARGEST_INT = 2_147_483_647;
const version = whole(1, LARGEST_INT);

/** What teaches rankers: pools, and spiders that learn from them. */
export function addLearningCommands(program: Command): void {
  addSpiders(program.command("spider").description("the learned rankers"));
  addPools(program.command("pool").description("labelled samples that spiders learn from"));
}

function addSpiders(spider: Command): void {
  withServerOptions(withLimit(spider.command("list")))
    .description("the spiders, newest first")
    .action(async (options: ListOptions) => (await import("./spider.js")).listSpidersCommand(options));
  examples(spider, "list", ["orb spider list"]);
  withServerOptions(spider.command("show"))
    .description("what a spider learned from, and how it did when its training ended")
    .argument("[version]", "as `orb spider list` shows it; without it, the active spider", version)
    .action(async (which: number | undefined, options: ServerOptions) =>
      (await import("./spider.js")).showSpiderCommand(which, options),
    );
  examples(spider, "show", ["orb spider show", "orb spider show 2 --json | jq .curve"]);
  withServerOptions(spider.command("evaluate"))
    .description("rank every task with outcomes now and compare: the spider beside the static ranking")
    .argument("[version]", "as `orb spider list` shows it; without it, the active spider", version)
    .action(async (which: number | undefined, options: ServerOptions) =>
      (await import("./evaluate-spider.js")).evaluateSpiderCommand(which, options),
    );
  examples(spider, "evaluate", ["orb spider evaluate", "orb spider evaluate 2 --json"]);
  withServerOptions(spider.command("train"))
    .description("learn a spider from a pool and wait for it")
    .option("--pool <pool>", "the pool's name or id; without it, the newest that is ready")
    .option("--seed <n>", "draws weights, batches and dropout", whole(-LARGEST_INT - 1, LARGEST_INT))
    .option("--recipe <json>", 'what differs from the default recipe, such as {"epochs":4}', recipe)
    .action(async (options: TrainSpiderOptions) => (await import("./spider.js")).trainSpiderCommand(options));
  examples(spider, "train", [
    "orb spider train --seed 2",
    `orb spider train --recipe '{"epochs":4,"width":64}'`,
  ]);
  withServerOptions(spider.command("activate"))
    .description("let a spider rank from now on")
    .argument("<version>", "as `orb spider list` shows it", version)
    .option("--force", "though it ranks the validation tasks worse than the active one")
    .action(async (which: number, options: ServerOptions & { force?: boolean }) =>
      (await import("./spider.js")).activateSpiderCommand(which, options),
    );
  examples(spider, "activate", ["orb spider activate 2"]);
}

function addPools(pool: Command): void {
  withServerOptions(withLimit(pool.command("list")))
    .description("the pools, newest first")
    .action(async (options: ListOptions) => (await import("./pool.js")).listPoolsCommand(options));
  examples(pool, "list", ["orb pool list"]);
  withServerOptions(pool.command("create"))
    .description("make a pool of tasks and wait until every PTM was run on it")
    .argument("<name>", "what to call it")
    .argument("<tasks...>", "names, name@version or ids; their samples must be at the server")
    .option("--training-tasks <n>", "how many to draw and score all PTMs on", whole(1, 100_000))
    .option("--seed <n>", "draws them", whole(-LARGEST_INT - 1, LARGEST_INT))
    .action(async (name: string, tasks: string[], options: CreatePoolOptions) =>
      (await import("./pool.js")).createPoolCommand(name, tasks, options),
    );
  examples(pool, "create", ["orb pool create vision flowers animals textures --training-tasks 500"]);
  withServerOptions(pool.command("measure"))
    .description("run the PTMs that came since a pool was measured, and wait")
    .argument("<pool>", "its name or id")
    .action(async (which: string, options: ServerOptions) =>
      (await import("./pool.js")).measurePoolCommand(which, options),
    );
  examples(pool, "measure", ["orb pool measure vision"]);
}

/** The API says which settings there are. */
function recipe(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"epochs":4}.');
}
