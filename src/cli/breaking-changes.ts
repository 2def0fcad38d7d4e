import { buildSchema, findBreakingChanges } from "graphql";

/**
 * What a schema breaks for clients of the last release and the changelog does not say.
 *
 * @param changelog its section `### Breaking` under `## Unreleased` must hold every change in the words of graphql-js
 * @returns the lines that are missing there
 */
export function untoldBreakingChanges(released: string, current: string, changelog: string): string[] {
  const told = /^## Unreleased$([^]*?)(?=^## |$(?![^]))/m.exec(changelog)?.[1] ?? "";
  const breaking = /^### Breaking$([^]*?)(?=^### |$(?![^]))/m.exec(told)?.[1]?.replaceAll(/\s+/g, " ") ?? "";
  return findBreakingChanges(buildSchema(released), buildSchema(current))
    .map(({ description }) => description)
    .filter((description) => !breaking.includes(description.replaceAll(/\s+/g, " ")));
}
