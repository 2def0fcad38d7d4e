import {
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  isLeafType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type VariableDefinitionNode,
} from "graphql";
import { compileQuery, type CompiledQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";

/** Times that a query runs before it is compiled, which costs as much as some hundred runs of a small one. */
const RUNS_BEFORE = 3;
/** Compiled queries in memory: some hundred kilobytes each. */
const COMPILED_KEPT = 200;
/** Points: compiling takes time and memory for every field, and what reads much gains little. */
const COSTLIEST = 5_000;

export interface Execution extends Pick<
  ExecutionArgs,
  "schema" | "document" | "operationName" | "contextValue" | "variableValues"
> {
  /** Undefined where the document has none of the name, which graphql-js then tells. */
  readonly operation: OperationDefinitionNode | undefined;
  /** Points, as the operation was measured. */
  readonly cost: number | undefined;
}

type Run = CompiledQuery["query"];

/**
 * Runs operations as graphql-js does, and queries that come again and again as code that was compiled for them: for each
 * field graphql-js looks up definition, arguments and selection anew, which takes longer than all else in a ranking that
 * is remembered.
 *
 * graphql-js stays what is right: a compiled query that meets any error runs once more there, and that answer counts. So
 * errors have one form, and nothing that writes is ever compiled.
 *
 * Apollo keeps parsed documents, so that one operation is one object however often it comes.
 */
export class CompiledQueries {
  readonly #runs = new WeakMap<OperationDefinitionNode, number>();
  /** Null for what shall not be compiled. */
  readonly #compiled = new LRUCache<OperationDefinitionNode, { readonly run: Run | null }>({
    max: COMPILED_KEPT,
  });

  constructor(private readonly runsBefore: number = RUNS_BEFORE) {}

  async run(execution: Execution): Promise<ExecutionResult> {
    const { operation, contextValue, variableValues } = execution;
    const run = operation && this.#compiledOf(operation, execution);
    if (!run) return execute(execution);
    const result = await run(undefined, contextValue, variableValues ?? {});
    if (result.errors === undefined) return result;
    const plain = await execute(execution);
    // What graphql-js can run and the compiler cannot, such as a list that counts itself only when asked.
    if (plain.errors === undefined) this.#compiled.set(operation, { run: null });
    return plain;
  }

  #compiledOf(
    operation: OperationDefinitionNode,
    { schema, document, operationName, cost = Infinity }: Execution,
  ): Run | null {
    const known = this.#compiled.get(operation);
    if (known !== undefined) return known.run;
    if (!isCompilable(schema, operation) || cost > COSTLIEST) return null;
    const runs = this.#runs.get(operation) ?? 0;
    this.#runs.set(operation, runs + 1);
    if (runs < this.runsBefore) return null;
    const compiled = compileQuery(schema, document, operationName ?? undefined);
    const run = isCompiledQuery(compiled) ? compiled.query : null;
    this.#compiled.set(operation, { run });
    return run;
  }
}

/** The compiler unrolls the types of variables, and those of filters hold themselves. */
function isCompilable(
  schema: GraphQLSchema,
  { operation, variableDefinitions }: OperationDefinitionNode,
): boolean {
  return (
    operation === OperationTypeNode.QUERY && (variableDefinitions ?? []).every((one) => isPlain(schema, one))
  );
}

function isPlain(schema: GraphQLSchema, { type, defaultValue }: VariableDefinitionNode): boolean {
  const inner = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return (
    defaultValue === undefined &&
    inner.kind === Kind.NAMED_TYPE &&
    isLeafType(schema.getType(inner.name.value))
  );
}
