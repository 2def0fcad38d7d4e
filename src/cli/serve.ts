import { readConfig } from "../config.js";
import type { Container } from "../container.js";
import { DomainError } from "../errors.js";
import { createLogger } from "../log.js";
import { withContainer } from "./with-container.js";

const ROLES = ["api", "worker"] as const;
type Role = (typeof ROLES)[number];

/** `orb serve`: API and workers in one process, or one of the two. */
export async function serveCommand(options: { roles: string }): Promise<void> {
  const roles = parseRoles(options.roles);
  const config = readConfig();
  await withContainer(config, createLogger(config.logLevel), async (container) => {
    if (roles.includes("worker")) await container.work();
    if (roles.includes("api")) {
      if (config.auth === "on") await tellFirstKey(container, config.bootstrapKey);
      const address = await container.serve();
      process.stderr.write(`Orbweaver answers at ${address}/graphql\n`);
    }
    return "stays up";
  });
}

/** Where nobody holds a key yet, the first one is shown, once. */
async function tellFirstKey(container: Container, given: string | undefined): Promise<void> {
  const secret = await container.services.admitAdministrator.run(given);
  if (secret === undefined) return;
  process.stderr.write(`The administrator's access key, shown this once:\n\n  ${secret}\n\n`);
}

function parseRoles(list: string): Role[] {
  return list.split(",").map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (role === undefined) {
      throw new DomainError("BAD_USER_INPUT", `--roles takes ${ROLES.join(" and ")}, got "${name.trim()}".`);
    }
    return role;
  });
}
