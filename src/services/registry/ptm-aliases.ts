import type { EntityManager } from "typeorm";

import { Ptm } from "../../entities/ptm.js";
import { DomainError } from "../../errors.js";
import { audit } from "../access/audit.js";
import { hasRole, type Viewer } from "../access/viewer.js";

/** Aliases that others rely on: only curators give, move or take them. */
const PROTECTED_ALIASES: ReadonlySet<string> = new Set(["production"]);
const MOST_ALIASES = 20;
const FORM = /^[a-z][a-z0-9._-]{0,62}$/;

/** Aliases in the form in which they are stored. @throws DomainError BAD_USER_INPUT */
export function checkedAliases(aliases: readonly string[]): string[] {
  const checked = [...new Set(aliases)].sort();
  if (checked.length > MOST_ALIASES) {
    throw new DomainError(
      "BAD_USER_INPUT",
      `A PTM has at most ${MOST_ALIASES} aliases, got ${checked.length}.`,
    );
  }
  for (const alias of checked) {
    if (!FORM.test(alias)) {
      throw new DomainError(
        "BAD_USER_INPUT",
        "An alias is 1 to 63 lower-case letters, digits, dots, dashes and underscores, and begins with a letter.",
      );
    }
  }
  return checked;
}

/**
 * Makes the aliases of a version be these; other versions of the name give up those that they hold. In the caller's
 * transaction, which holds the name's lock.
 *
 * @throws DomainError FORBIDDEN if a protected alias would move and the viewer is no curator
 */
export async function moveAliases(
  manager: EntityManager,
  ptm: Ptm,
  aliases: readonly string[],
  viewer: Viewer,
): Promise<void> {
  const moved = [...aliases, ...ptm.aliases].filter(
    (alias) => aliases.includes(alias) !== ptm.aliases.includes(alias),
  );
  const kept = moved.find((alias) => PROTECTED_ALIASES.has(alias));
  if (kept !== undefined && !hasRole(viewer, "CURATOR")) {
    throw new DomainError(
      "FORBIDDEN",
      `Moving the alias ${kept} needs the role CURATOR; ${viewer.name} has ${viewer.role}.`,
    );
  }
  const holders = await manager
    .createQueryBuilder(Ptm, "ptm")
    .where("lower(ptm.name) = lower(:name) AND ptm.id <> :id", ptm)
    .andWhere("ptm.aliases && :aliases", { aliases })
    .getMany();
  for (const holder of holders) {
    const left = holder.aliases.filter((alias) => !aliases.includes(alias));
    await manager.update(Ptm, { id: holder.id }, { aliases: left });
    await audit(manager, viewer, {
      action: "updatePtm",
      subject: { type: "Ptm", id: holder.id },
      before: { aliases: holder.aliases },
      after: { aliases: left },
    });
  }
  await manager.update(Ptm, { id: ptm.id }, { aliases: [...aliases] });
}

/** The first of these that others rely on. */
export function protectedAmong(aliases: readonly string[]): string | undefined {
  return aliases.find((alias) => PROTECTED_ALIASES.has(alias));
}
