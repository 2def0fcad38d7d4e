import { Arg, Int } from "type-graphql";

/** The `first` of every list: required, so that nobody asks for everything by accident. */
export function FirstArgument(): ReturnType<typeof Arg> {
  return Arg("first", () => Int, { description: "How many items, 1 to 100." });
}

/** The `after` of every list. */
export function AfterArgument(): ReturnType<typeof Arg> {
  return Arg("after", () => String, { nullable: true, description: "The endCursor of the page before." });
}
