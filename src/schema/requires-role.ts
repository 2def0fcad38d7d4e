import type { GraphQLField } from "graphql";
import { type AuthChecker, Authorized, Extensions } from "type-graphql";

import { DomainError } from "../errors.js";
import { hasRole, type Role, type Viewer } from "../services/access/viewer.js";
import type { Context } from "./context.js";

/**
 * The rule of a field: who asks for it needs this role. Every root field must have one, or the schema is not built.
 * The role also stands in the schema's extensions, where the build and the tests find it.
 */
export function RequiresRole(role: Role): MethodDecorator {
  return (prototype, name, descriptor) => {
    Authorized<Role>(role)(prototype, name, descriptor);
    Extensions({ role })(prototype, name, descriptor);
  };
}

/** The role that a root field asks for. */
export function roleOf(field: GraphQLField<unknown, never>): Role | undefined {
  return field.extensions["role"] as Role | undefined;
}

/** What type-graphql asks before it resolves a field with a rule, and before a subscription begins. */
export const checkRole: AuthChecker<Context, Role> = ({ context, info }, [role]) => {
  if (role !== undefined) requireRole(context.viewer, role, info.fieldName);
  return true;
};

/** @throws Forbidden */
export function requireRole(viewer: Viewer, role: Role, what: string): void {
  if (!hasRole(viewer, role)) throw new Forbidden(what, role, viewer);
}

class Forbidden extends DomainError {
  /** What Apollo makes the answer's status; GraphQL takes it over from whatever a resolver throws. */
  readonly extensions = { http: { status: 403 } };

  constructor(what: string, needed: Role, { name, role }: Viewer) {
    super("FORBIDDEN", `${what} needs the role ${needed}; ${name} has ${role}.`);
  }
}
