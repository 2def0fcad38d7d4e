import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from "graphql";

type Field = GraphQLField<unknown, unknown>;

export const isConnection = (field: Field): boolean => getNamedType(field.type).name.endsWith("Connection");

/** A list as it stands, of which so many are asked for. */
export const isSizedList = (field: Field): boolean =>
  isListType(getNullableType(field.type)) && field.args.some(({ name }) => name === "first");

/** What a connection or another list lists. */
export function itemType(field: Field): GraphQLObjectType {
  if (!isConnection(field)) return getNamedType(field.type) as GraphQLObjectType;
  const { nodes } = (getNamedType(field.type) as GraphQLObjectType).getFields();
  return getNamedType(nodes!.type) as GraphQLObjectType;
}

/** The fields of a type that lead to other objects and need no argument but a size. */
export function links(type: GraphQLObjectType): Field[] {
  return Object.values(type.getFields()).filter(
    (field) =>
      isObjectType(getNamedType(field.type)) &&
      field.args.every((arg) => arg.name === "first" || !isRequiredArgument(arg)),
  );
}

/** Everything that a type has, and what it leads to, so many links deep. */
export function everything(type: GraphQLObjectType, depth: number): string {
  const leaves = Object.values(type.getFields()).filter(
    ({ type, args }) => !isObjectType(getNamedType(type)) && !args.some(isRequiredArgument),
  );
  const linked = depth === 0 ? [] : links(type).map((field) => linkTo(field, depth - 1));
  return `{ __typename ${[...leaves.map(({ name }) => name), ...linked].join(" ")} }`;
}

/** A field with all that it leads to. */
export function linkTo(field: Field, depth: number): string {
  const size = field.args.some(({ name }) => name === "first") ? "(first: 1)" : "";
  return isConnection(field)
    ? `${field.name}${size} { totalCount nodes ${everything(itemType(field), depth)} }`
    : `${field.name}${size} ${everything(getNamedType(field.type) as GraphQLObjectType, depth)}`;
}
