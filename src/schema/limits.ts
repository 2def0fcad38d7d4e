import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from "graphql";

import { LARGEST_PAGE } from "../services/registry/keyset-page.js";
import { LARGEST_TOP_K } from "../services/ranking/rank-zoo.js";

/** What one operation may ask for. */
export interface OperationLimits {
  readonly depth: number;
  readonly aliases: number;
  /** Points: one a field, times the items that the lists above it may hold. */
  readonly cost: number;
}

const OPERATION_LIMITS: OperationLimits = { depth: 8, aliases: 100, cost: 50_000 };

/** Arguments that say how many items a field may give, and the most that its resolver grants. */
const SIZE_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ["first", LARGEST_PAGE],
  ["topK", LARGEST_TOP_K],
]);
/** A list without a size argument: metrics, pictures, scores of one object. */
const UNSIZED_LIST = 10;
/** Lists that may be left without a size and can be longer than that. */
const LONGEST_LISTS: ReadonlyMap<string, number> = new Map([["Ranking.entries", LARGEST_TOP_K]]);
/** Ranking reads the whole zoo, whatever topK is. */
const FIELD_COSTS: ReadonlyMap<string, number> = new Map([
  ["Query.rank", 50],
  ["Query.rankMany", 50], // one pass, however many tasks
  ["Query.pareto", 50],
  ["Query.evaluation", 50], // joins up to a thousand rankings with what was measured since
  ["Mutation.keepRanking", 50],
  ["Mutation.rerank", 50],
  ["Mutation.reportOutcomes", 50], // a thousand rows
  ["ClassSamples.pictures", 10], // decoded images
  ["Ptm.similarPtms", 10], // compared with the whole zoo
  ["Task.similarTasks", 10],
  // Matrices, of megabytes where a task has many classes.
  ["TaskToken.vectors", 100],
  ["SpecificToken.vectors", 100],
]);

/** What an operation that asks for too much is refused with. */
export const LIMIT_CODES = ["DEPTH_LIMIT", "ALIAS_LIMIT", "COST_LIMIT"] as const;

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

/**
 * Measures an operation before anything runs and refuses what is too deep, too often aliased or too costly. Fragments are
 * measured once each, so fragments that spread each other cannot make the measuring itself expensive; numbers that grow
 * without bound end as Infinity, which is over every limit. Used for HTTP and WebSocket alike.
 *
 * Meta fields (`__schema`, `__typename`) count as one level and one point; graphql-js bounds introspection itself.
 *
 * @param document  parsed and valid
 * @param variables as they came; where they do not fit, execution reports it
 * @returns the cost in points
 * @throws GraphQLError DEPTH_LIMIT, ALIAS_LIMIT or COST_LIMIT, with what was allowed and what came
 */
export function measureOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: OperationLimits = OPERATION_LIMITS,
): number {
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  const { depth, aliases, cost } = new OperationMeter(schema, document, operation, variables).selections(
    operation.selectionSet,
    root,
  );
  refuseAbove("DEPTH_LIMIT", "levels deep", depth, limits.depth);
  refuseAbove("ALIAS_LIMIT", "aliases", aliases, limits.aliases);
  refuseAbove("COST_LIMIT", "cost points", cost, limits.cost);
  return cost;
}

const known = new WeakMap<OperationDefinitionNode, number>();

/**
 * As measureOperation under the API's own limits, but an operation without variables that could say how much it gives is
 * measured once: Apollo keeps parsed documents, so that one operation is one object however often it comes.
 */
export function measureOnce(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  const cost = known.get(operation);
  if (cost !== undefined) return cost;
  const measured = measureOperation(schema, document, operation, variables);
  const isFixed = (operation.variableDefinitions ?? []).every(({ type }) => isSizeless(type));
  if (isFixed) known.set(operation, measured);
  return measured;
}

/** An id or a text says nothing about how many items a field gives; lists and numbers may. */
function isSizeless(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return isSizeless(type.type);
  return type.kind === Kind.NAMED_TYPE && ["ID", "String", "Boolean"].includes(type.name.value);
}

function refuseAbove(code: (typeof LIMIT_CODES)[number], what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new GraphQLError(
    `The operation asks for ${value} ${what}; at most ${limit} are allowed. Ask for less at a time.`,
    { extensions: { code, limit, value, http: { status: 400 } } },
  );
}

const NOTHING: Measure = { depth: 0, aliases: 0, cost: 0 };

class OperationMeter {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Measure>();
  readonly #variables: Readonly<Record<string, unknown>>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]));
    const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue && "value" in defaultValue ? [[variable.name.value, Number(defaultValue.value)]] : [],
    );
    this.#variables = { ...(Object.fromEntries(defaults) as Record<string, unknown>), ...variables };
  }

  /** @param sized whether the field that the selections are of said how long the ranking may be */
  selections(set: SelectionSetNode, parent: unknown, sized = false): Measure {
    return set.selections
      .map((selection) => {
        if (selection.kind === Kind.FIELD) return this.#field(selection, parent, sized);
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const condition = selection.typeCondition?.name.value;
          const type = condition ? this.schema.getType(condition) : parent;
          return this.selections(selection.selectionSet, type, sized);
        }
        return this.#fragment(selection.name.value, sized);
      })
      .reduce(
        (sum, part) => ({
          depth: Math.max(sum.depth, part.depth),
          aliases: sum.aliases + part.aliases,
          cost: sum.cost + part.cost,
        }),
        NOTHING,
      );
  }

  #fragment(name: string, sized: boolean): Measure {
    const key = `${name} ${sized}`;
    const known = this.#measured.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return NOTHING;
    this.#measured.set(key, NOTHING); // validation refuses cycles; this keeps one from recursing here
    const type = this.schema.getType(fragment.typeCondition.name.value);
    const measure = this.selections(fragment.selectionSet, type, sized);
    this.#measured.set(key, measure);
    return measure;
  }

  #field(node: FieldNode, parent: unknown, sized: boolean): Measure {
    const aliases = node.alias ? 1 : 0;
    const field = this.#definition(node, parent);
    if (field === undefined) return { depth: 1, aliases, cost: 1 };

    const coordinate = `${(parent as GraphQLObjectType).name}.${field.name}`;
    const own = FIELD_COSTS.get(coordinate) ?? 1;
    if (!node.selectionSet) return { depth: 1, aliases, cost: own };
    const sizes = field.args.some(({ name }) => name === "topK");
    const inner = this.selections(node.selectionSet, getNamedType(field.type), sizes);
    const items = coordinate === "Ranking.entries" && sized ? 1 : this.#items(node, field, coordinate);
    return {
      depth: inner.depth + 1,
      aliases: inner.aliases + aliases,
      cost: own + items * inner.cost,
    };
  }

  #definition(node: FieldNode, parent: unknown): GraphQLField<unknown, unknown> | undefined {
    if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
    return parent.getFields()[node.name.value];
  }

  /** How many objects a field may give: what its size argument says, the most or ten for a list without one, else one. */
  #items(node: FieldNode, field: GraphQLField<unknown, unknown>, coordinate: string): number {
    const longest = LONGEST_LISTS.get(coordinate);
    for (const { name } of field.args) {
      const largest = longest ?? SIZE_ARGUMENTS.get(name);
      if (largest === undefined) continue;
      // What is no count, or beyond the largest, its resolver or coercion refuses, and nothing below it runs.
      const size = this.#argument(node, field, name);
      if (size == null && longest !== undefined) return longest;
      const tasks = this.#argument(node, field, "taskIds");
      const lists = Array.isArray(tasks) ? tasks.length : 1;
      return lists * (typeof size === "number" && size >= 1 ? Math.min(size, largest) : 1);
    }
    const ids = this.#argument(node, field, "ids");
    if (Array.isArray(ids)) return ids.length;
    if (longest !== undefined) return longest;
    return String(field.type).startsWith("[") && !CARRIED_BY_PARENT.has(field.name) ? UNSIZED_LIST : 1;
  }

  #argument(node: FieldNode, field: GraphQLField<unknown, unknown>, name: string): unknown {
    try {
      return getArgumentValues(field, node, { ...this.#variables })[name];
    } catch {
      return undefined; // execution reports what is wrong with it
    }
  }
}

/** Lists whose length the field above was charged for: those of a connection. */
const CARRIED_BY_PARENT: ReadonlySet<string> = new Set(["edges", "nodes"]);
