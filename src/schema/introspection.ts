import { BREAK, type DocumentNode, GraphQLError, type GraphQLFormattedError, visit } from "graphql";

import { hasRole, type Role, type Viewer } from "../services/access/viewer.js";

/** Apollo keeps parsed documents, so that one is one object however often it comes. */
const known = new WeakMap<DocumentNode, boolean>();

/** Whom the API tells about its schema: those with a role and the ones above, or nobody. */
export type IntrospectionRule = Role | "off";

export function mayIntrospect(viewer: Viewer, rule: IntrospectionRule): boolean {
  return rule !== "off" && hasRole(viewer, rule);
}

/** @throws GraphQLError FORBIDDEN if the document asks for the schema */
export function refuseIntrospection(document: DocumentNode): void {
  if (!asksForSchema(document)) return;
  throw new GraphQLError("You may not ask for the schema; schema.graphql of the repository holds it.", {
    extensions: { code: "FORBIDDEN", http: { status: 403 } },
  });
}

/** What graphql-js suggests in place of a wrong name would tell the schema word by word. */
export function withoutSuggestion(error: GraphQLFormattedError): GraphQLFormattedError {
  return { ...error, message: error.message.replace(/ Did you mean [^]*$/, "") };
}

function asksForSchema(document: DocumentNode): boolean {
  let found = known.get(document);
  if (found === undefined) {
    found = false;
    visit(document, {
      Field: ({ name }) => {
        if (name.value !== "__schema" && name.value !== "__type") return undefined;
        found = true;
        return BREAK;
      },
    });
    known.set(document, found);
  }
  return found;
}
