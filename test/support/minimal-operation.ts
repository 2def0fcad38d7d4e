import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";

/** A literal that each scalar takes. */
const SCALARS: Readonly<Record<string, string>> = {
  ID: `"x"`,
  String: `"x"`,
  Int: "1",
  Float: "1",
  FiniteFloat: "1",
  Boolean: "true",
  DateTime: `"2026-01-01T00:00:00Z"`,
  Sha256: `"${"0".repeat(64)}"`,
  Float32Vector: `"AACAPw=="`,
};

/** A valid operation that asks for one root field with no more arguments than it needs. */
export function minimalOperation(name: string, field: GraphQLField<unknown, unknown>): string {
  const [root = "", fieldName] = name.split(".");
  const values = field.args
    .filter((argument) => isRequiredArgument(argument))
    .map((argument) => `${argument.name}: ${literal(argument.type)}`);
  const call = values.length === 0 ? fieldName : `${fieldName}(${values.join(", ")})`;
  return `${root.toLowerCase()} { ${call} ${isCompositeType(getNamedType(field.type)) ? "{ __typename }" : ""} }`;
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field));
    return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(", ")} }`;
  }
  const value = SCALARS[type.name];
  if (value === undefined) throw new Error(`minimalOperation: give scalar ${type.name} a literal.`);
  return value;
}
