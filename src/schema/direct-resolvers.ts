import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from "graphql";
import { getMetadataStorage } from "type-graphql";

import type { Role } from "../services/access/viewer.js";
import type { Context } from "./context.js";
import { requireRole } from "./requires-role.js";

type Resolve = GraphQLFieldResolver<unknown, Context, Readonly<Record<string, unknown>>>;
type Method = (this: object, ...parameters: unknown[]) => unknown;
type Described = Pick<
  ReturnType<typeof getMetadataStorage>["queries"][number],
  "target" | "methodName" | "schemaName" | "params" | "roles" | "middlewares"
>;

/**
 * Has the schema call methods directly whose parameters are the parent, the context and arguments that are no input
 * objects. type-graphql sorts, converts and awaits the parameters of a method at each call, which for a small field costs
 * several times what the method does; calls with input objects are left to it, for it makes instances of their classes.
 *
 * @param resolvers by their classes
 */
export function callDirectly(schema: GraphQLSchema, resolvers: ReadonlyMap<Function, object>): void {
  const { fieldResolvers, queries, objectTypes } = getMetadataStorage();
  const names = new Map(objectTypes.map(({ target, name }) => [target, name]));
  const replace = (typeName: string, described: Described): void => {
    const type = schema.getType(typeName);
    const resolver = resolvers.get(described.target);
    if (resolver === undefined || !isObjectType(type)) return;
    const field = type.getFields()[described.schemaName];
    const resolve = field?.resolve && direct(resolver, described, field.resolve as Resolve);
    if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
  };
  for (const field of fieldResolvers) replace(names.get(field.getObjectType?.() as Function) ?? "", field);
  for (const query of queries) replace("Query", query);
}

/** @returns undefined for a method that only type-graphql can call */
function direct(
  resolver: object,
  { methodName, params = [], roles = [], middlewares = [] }: Described,
  otherwise: Resolve,
): Resolve | undefined {
  const ordered = [...params].sort((a, b) => a.index - b.index);
  const readers = ordered.map((parameter) => readerOf(parameter));
  if (middlewares.length > 0 || !readers.every((reader) => reader !== undefined)) return undefined;
  const method = Reflect.get(resolver, methodName) as Method;
  const call: Resolve = (root, given, context) =>
    method.apply(
      resolver,
      readers.map((read) => read(root, given, context)),
    );
  const [role] = roles as Role[];
  if (role === undefined && ordered.every(({ kind }) => kind !== "arg")) return call;
  return (root, given, context, info) => {
    for (const name in given) {
      if (typeof given[name] === "object" && given[name] !== null)
        return otherwise(root, given, context, info);
    }
    if (role !== undefined) requireRole(context.viewer, role, info.fieldName);
    return call(root, given, context, info);
  };
}

type Reader = (root: unknown, given: Readonly<Record<string, unknown>>, context: Context) => unknown;

function readerOf(parameter: NonNullable<Described["params"]>[number]): Reader | undefined {
  if (parameter.kind === "arg") return (_root, given) => given[parameter.name];
  if (parameter.kind !== "root" && parameter.kind !== "context") return undefined;
  if (parameter.propertyName !== undefined) return undefined;
  return parameter.kind === "root" ? (root) => root : (_root, _given, context) => context;
}
