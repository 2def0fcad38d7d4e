import { type GraphQLField, type GraphQLSchema, getNullableType, isInputObjectType } from "graphql";

import { DomainError } from "../errors.js";
import { AnsweredBefore } from "../services/access/once.js";
import type { NamedRequest } from "../services/access/viewer.js";
import { sha256 } from "../services/digest.js";
import type { Context } from "./context.js";
import { requireRole, roleOf } from "./requires-role.js";
import { settle } from "./settle.js";

const KEY = /^[\x21-\x7e]{1,200}$/;

interface MutationArguments {
  readonly input: { readonly idempotencyKey?: string | null };
}
type Mutation = GraphQLField<unknown, Context, MutationArguments>;

/**
 * Makes every mutation whose input takes an idempotency key heed it: what was answered is answered again, from the rows that
 * the answer consisted of. The services bind the key to those rows in the transaction that writes them (`once`); without
 * that, an answer that a crash swallowed could not be given again.
 */
export function answerOnce(schema: GraphQLSchema): void {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}) as Mutation[];
  for (const mutation of mutations) if (takesKey(mutation)) heedKey(mutation);
}

function takesKey({ args }: Mutation): boolean {
  const type = args[0] && getNullableType(args[0].type);
  return isInputObjectType(type) && "idempotencyKey" in type.getFields();
}

function heedKey(mutation: Mutation): void {
  const resolve = mutation.resolve!;
  mutation.resolve = async (source, args, context, info) => {
    const { idempotencyKey: key, ...input } = args.input;
    if (key == null) return resolve(source, { input }, context, info);
    const { viewer, answered } = context;
    requireRole(viewer, roleOf(mutation)!, mutation.name);
    const request = { key, fingerprint: fingerprint(mutation.name, input) };
    const known = await settle(["input", "idempotencyKey"], async () => {
      requireKey(request);
      return { answer: await answered.find(viewer, request) };
    });
    if (!("answer" in known)) return known; // refused
    if (known.answer !== undefined) return { ...known.answer, userErrors: [] };
    try {
      return await resolve(source, { input }, { ...context, viewer: { ...viewer, request } }, info);
    } catch (error) {
      if (!(error instanceof AnsweredBefore)) throw error;
      // An equal request came meanwhile, and this one waited for it.
      return settle(["input", "idempotencyKey"], async () => ({ ...(await answered.find(viewer, request)) }));
    }
  };
}

function requireKey({ key }: NamedRequest): void {
  if (KEY.test(key)) return;
  throw new DomainError("BAD_USER_INPUT", "idempotencyKey must be 1 to 200 visible ASCII characters.");
}

/** The same for inputs of equal content, in whichever order their fields came. */
function fingerprint(mutation: string, input: object): string {
  return sha256(JSON.stringify([mutation, sorted(input)]));
}

function sorted(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return sha256(value);
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return parts.map(([name, part]) => [name, sorted(part)]);
}
