import { type Command, Option } from "commander";

/** What every command that speaks to a server takes. */
export interface ServerOptions {
  readonly server?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Adds the options of `ServerOptions` to a command. */
export function withServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--server <address>",
        "the server; without it, this machine's, else one for this command",
      ).env("ORB_SERVER"),
    )
    .addOption(new Option("--key <key>", "the access key").env("ORB_KEY"))
    .option("--json", "print the API's own objects as JSON, one a line");
}
