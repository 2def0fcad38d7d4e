import process from "node:process";

import { OrbClient } from "orbweaver-client";

import { type Config, readConfig } from "../../config.js";
import type { Container } from "../../container.js";
import { createLogger } from "../../log.js";
import type { ServerOptions } from "./server-options.js";

/** A local server that is up answers in a few milliseconds. */
const PROBE_MS = 1000;

/**
 * Runs a command's work against a server: the one named; else one that listens on this machine where `orb serve` would;
 * else one of the command's own, on the registry under ORB_HOME, that ends with the command (docs/adr/0052).
 *
 * @param prepare what a server of the command's own needs before work begins
 */
export async function withServer(
  { server, key }: ServerOptions,
  work: (orb: OrbClient, config: Config) => Promise<void>,
  prepare: (container: Container) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const config = readConfig();
  const local = `http://127.0.0.1:${config.port}`;
  // A variable that is set to nothing is not set.
  const address = (server || undefined) ?? ((await answers(local)) ? local : undefined);
  if (address !== undefined) {
    // This machine's own key is for this machine's own server, not for one that somebody names.
    const own = address === local ? config.bootstrapKey : undefined;
    await use(new OrbClient({ server: address, key: key || own }), (orb) => work(orb, config));
    return;
  }
  const own: Config = { ...config, host: "127.0.0.1", port: 0, auth: "off" };
  const quiet = config.logLevel === "info" ? "warn" : config.logLevel;
  process.stderr.write(`No server is up: working on ${config.home} alone.\n`);
  // Loaded only here: a command that has a server need not wait for a database driver and a runtime.
  const { withContainer } = await import("../with-container.js");
  await withContainer(own, createLogger(quiet), async (container) => {
    await container.work();
    await prepare(container);
    const orb = new OrbClient({ server: await container.serve() });
    await use(orb, (orb) => work(orb, config));
    return "done";
  });
}

async function use(orb: OrbClient, work: (orb: OrbClient) => Promise<void>): Promise<void> {
  try {
    await work(orb);
  } finally {
    await orb.close();
  }
}

/** Whether an Orbweaver server is there. */
export async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/livez`, { signal: AbortSignal.timeout(PROBE_MS) });
    return response.ok && ((await response.json()) as { status?: string }).status === "ok";
  } catch {
    return false;
  }
}
