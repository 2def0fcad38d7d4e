#!/usr/bin/env node
import "reflect-metadata";

import process from "node:process";

import { CommanderError } from "commander";
import { OrbError } from "orbweaver-client";

import { DomainError } from "../errors.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { orbProgram } from "./program.js";

// A reader that has enough (`orb ptm list | head`) is no failure; what is open is closed as by Ctrl-C.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (process.listenerCount("SIGINT") === 0) process.exit(EXIT.ok);
  process.emit("SIGINT");
});
process.stderr.on("error", () => undefined); // nobody is left to be told

try {
  await orbProgram().parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

/** A mistake of the caller is told in one line; a defect shows where it is. @returns the exit code */
function tell(error: unknown): number {
  // Commander has said what is wrong with the command line, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { message, stack } = error as Error;
  if (error instanceof DomainError || error instanceof OrbError) {
    const request = error instanceof OrbError && error.requestId ? ` (request ${error.requestId})` : "";
    process.stderr.write(`orb: ${message}${error.code === "INTERNAL_SERVER_ERROR" ? request : ""}\n`);
    return exitCodeOf(error.code);
  }
  const isCallers = message.startsWith("The configuration");
  process.stderr.write(`orb: ${isCallers ? message : stack}\n`);
  return isCallers ? EXIT.usage : EXIT.failure;
}
