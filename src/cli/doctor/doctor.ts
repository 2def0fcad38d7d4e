import process from "node:process";

import { OrbClient, OrbError, SpiderByIdDocument } from "orbweaver-client";

import { type Config, readConfig } from "../../config.js";
import { EXIT } from "../exit-codes.js";
import { printJson } from "../remote/output.js";
import type { ServerOptions } from "../remote/server-options.js";
import { checkDatabase } from "./check-database.js";
import { checkNode, checkPort, checkStorage } from "./check-machine.js";
import { checkRuntime, checkSandbox } from "./check-runtime.js";
import { fail, type Finding, finding, ok, warn } from "./finding.js";

interface Check {
  readonly name: string;
  readonly run: (config: Config) => Promise<Finding> | Finding;
  /** What to do if it throws. */
  readonly todo: string;
}

/** `orb doctor`: whether this machine can run Orbweaver, line by line, and what to do where it cannot. */
export async function doctorCommand(options: ServerOptions): Promise<void> {
  const { server } = options;
  const checks: Check[] = [
    { name: "node", run: () => checkNode(), todo: "Install Node 20.19 or newer." },
    { name: "storage", run: checkStorage, todo: "Set ORB_HOME to a folder that this user can write." },
    {
      name: "database",
      run: checkDatabase,
      todo: "See docs/operations.md, or set DATABASE_URL to a PostgreSQL server.",
    },
    { name: "onnx runtime", run: checkRuntime, todo: "Install again with `npm ci` on a system with glibc." },
    {
      name: "sandbox",
      run: checkSandbox,
      todo: "Allow child processes, and see ORB_SANDBOX_MEMORY_MB and ORB_SANDBOX_SECONDS.",
    },
    server === undefined
      ? { name: "port", run: checkPort, todo: "Set ORB_HOST and ORB_PORT to an address of this machine." }
      : {
          name: "server",
          run: () => checkServer(server, options.key),
          todo: "Check --server and the network.",
        },
  ];
  let config: Config;
  try {
    config = readConfig();
    report("settings", ok("the environment is well-formed"), options);
  } catch (error) {
    report(
      "settings",
      fail((error as Error).message.replaceAll(/\n\s*/g, " "), "Correct these variables."),
      options,
    );
    process.exitCode = EXIT.failure;
    return;
  }
  for (const { name, run, todo } of checks) {
    const found = await finding(todo, () => run(config));
    report(name, found, options);
    if (found.state === "fail") process.exitCode = EXIT.failure;
  }
}

async function checkServer(server: string, key: string | undefined): Promise<Finding> {
  try {
    const { spider } = await new OrbClient({ server, key }).ask(SpiderByIdDocument, {});
    return spider === null
      ? warn(
          `${server} answers, but no spider is active there`,
          "Train or activate one: nothing can be ranked.",
        )
      : ok(`${server} answers, spider ${spider.version} ranks ${spider.zooSize} PTMs`);
  } catch (error) {
    if (!(error instanceof OrbError)) throw error;
    const refused = error.code === "UNAUTHENTICATED" || error.code === "FORBIDDEN";
    return fail(
      error.message,
      refused ? "Check --key or ORB_KEY." : "Start it with `orb serve`, or check --server.",
    );
  }
}

function report(name: string, { state, says, todo }: Finding, { json }: ServerOptions): void {
  if (json) return printJson({ name, state, says, todo: todo ?? null });
  process.stdout.write(`${state.padEnd(4)}  ${name.padEnd(12)}  ${says}\n`);
  if (todo !== undefined) process.stdout.write(`${" ".repeat(20)}${todo}\n`);
}
