import type { GraphQLField, GraphQLSchema } from "graphql";
import { buildSchema, type NonEmptyArray, type PubSub } from "type-graphql";

import { answerOnce } from "./answer-once.js";
import { callDirectly } from "./direct-resolvers.js";
import { checkRole, roleOf } from "./requires-role.js";
import { DateTime, FiniteFloat } from "./scalars.js";
import { PtmTokenType, SpecificTokenType, TaskTokenType } from "./types/token.type.js";

/**
 * Builds the executable schema.
 *
 * @param resolvers every resolver with its services inside
 */
export async function buildOrbSchema(resolvers: readonly object[]): Promise<GraphQLSchema> {
  const byClass = new Map<Function, object>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const schema = await buildSchema({
    resolvers: [...byClass.keys()] as NonEmptyArray<Function>,
    container: { get: (wanted) => byClass.get(wanted) },
    scalarsMap: [
      { type: Number, scalar: FiniteFloat },
      { type: Date, scalar: DateTime },
    ],
    orphanedTypes: [PtmTokenType, TaskTokenType, SpecificTokenType],
    pubSub: NO_TOPICS,
    authChecker: checkRole,
    validate: false, // GraphQL's types and the services check; a second validator would check nothing more
  });
  callDirectly(schema, byClass);
  requireDescriptions(schema);
  describeRoles(schema);
  answerOnce(schema);
  return schema;
}

/** type-graphql asks for one wherever there are subscriptions; ours name their own source, so nothing goes through it. */
const NO_TOPICS: PubSub = {
  publish: refuseTopic,
  subscribe: refuseTopic,
};

function refuseTopic(topic: string): never {
  throw new Error(`Topic ${topic}: subscriptions name their source with the option "subscribe".`);
}

/** An undescribed field is a defect of this build, not of a request. */
function requireDescriptions(schema: GraphQLSchema): void {
  const undescribed: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (!type.description && !ROOTS.has(type.name)) undescribed.push(type.name);
    const fields = "getFields" in type ? Object.values(type.getFields()) : [];
    for (const field of fields) if (!field.description) undescribed.push(`${type.name}.${field.name}`);
  }
  if (undescribed.length > 0) throw new Error(`Without a description: ${undescribed.join(", ")}`);
}

const ROOTS: ReadonlySet<string> = new Set(["Query", "Mutation", "Subscription"]);

/** The fields that operations begin with, by `<root>.<field>`. */
export function rootFields(schema: GraphQLSchema): Map<string, GraphQLField<unknown, unknown>> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return new Map(
    roots.flatMap((root) =>
      Object.values(root?.getFields() ?? {}).map((field) => [`${root!.name}.${field.name}`, field] as const),
    ),
  );
}

/** Who reads the schema sees what each field asks for; a field that everybody could use by oversight is not served. */
function describeRoles(schema: GraphQLSchema): void {
  for (const [name, field] of rootFields(schema)) {
    const role = roleOf(field);
    if (role === undefined) throw new Error(`Without a rule: ${name}; give it @RequiresRole(...).`);
    if (role !== "VIEWER") field.description += ` Needs the role ${role}.`;
  }
}
