import { Kind, type OperationDefinitionNode } from "graphql";

/**
 * What an operation is counted under: its type and root field, "query rank". The schema bounds how many there are, for it
 * has passed validation; names and aliases are the caller's and never enter.
 */
export function operationLabel({ operation, selectionSet }: OperationDefinitionNode): string {
  const [first] = selectionSet.selections;
  const isOne = selectionSet.selections.length === 1 && first?.kind === Kind.FIELD;
  return isOne ? `${operation} ${first.name.value}` : `${operation} of several fields`;
}
