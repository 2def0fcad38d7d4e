import { Arg, type ClassType, Int } from "type-graphql";

/** The `first` of every list: required, so that nobody asks for everything by accident. */
export function FirstArgument(): ReturnType<typeof Arg> {
  return Arg("first", () => Int, { description: "How many items, 1 to 100." });
}

/** The `after` of every list. */
export function AfterArgument(): ReturnType<typeof Arg> {
  return Arg("after", () => String, { nullable: true, description: "The endCursor of the page before." });
}

/** The `filter` of a list; see ADR 47. */
export function FilterArgument(type: () => ClassType): ReturnType<typeof Arg> {
  return Arg("filter", type, { nullable: true, description: "Which of them; all if absent." });
}

/** The `orderBy` of a list. */
export function OrderArgument(type: object): ReturnType<typeof Arg> {
  return Arg("orderBy", () => type, { defaultValue: "NEWEST", description: "Their order." });
}
