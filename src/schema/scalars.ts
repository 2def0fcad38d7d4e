import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

/**
 * GraphQL's Float without its hole: the literal 1e999 would reach resolvers as Infinity, and NaN sorts above every
 * number in PostgreSQL.
 */
export const FiniteFloat = new GraphQLScalarType<number, number>({
  name: "Float",
  description: "A finite IEEE 754 double.",
  serialize: (value) => requireFinite(value),
  parseValue: (value) => requireFinite(value),
  parseLiteral: (node) => {
    if (node.kind !== Kind.FLOAT && node.kind !== Kind.INT) {
      throw new GraphQLError(`Float must be a number, got ${node.kind}.`, { nodes: node });
    }
    return requireFinite(Number(node.value));
  },
});

function requireFinite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new GraphQLError(`Float must be a finite number, got ${String(value).slice(0, 40)}.`);
  }
  return value;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Vectors travel as text, four times smaller than a list of JSON numbers and bit-exact. */
export const Float32Vector = new GraphQLScalarType<Float32Array, string>({
  name: "Float32Vector",
  description: "Little-endian float32 values, one after the other, in base64. A matrix is row-major.",
  serialize: (value) => {
    if (!(value instanceof Float32Array)) throw new GraphQLError("Float32Vector holds a Float32Array.");
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  },
  parseValue: (value) => parseVector(value),
  parseLiteral: (node) => parseVector(node.kind === Kind.STRING ? node.value : undefined),
});

function parseVector(text: unknown): Float32Array {
  if (typeof text !== "string" || !BASE64.test(text)) {
    throw new GraphQLError("Float32Vector must be base64 text of little-endian float32 values.");
  }
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (bytes.byteLength % 4 !== 0) {
    throw new GraphQLError(`Float32Vector must hold 4 bytes a value, got ${bytes.byteLength} bytes.`);
  }
  const vector = new Float32Array(bytes.buffer);
  const bad = vector.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new GraphQLError(`Float32Vector must be finite, got ${vector[bad]} at index ${bad}.`);
  return vector;
}

/** A digest in the one form in which digests are compared. */
export const Sha256 = new GraphQLScalarType<string, string>({
  name: "Sha256",
  description: "A SHA-256 digest: 64 lower-case hexadecimal digits.",
  serialize: (value) => parseDigest(value),
  parseValue: (value) => parseDigest(value),
  parseLiteral: (node) => parseDigest(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDigest(value: unknown): string {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) {
    throw new GraphQLError("Sha256 must be 64 lower-case hexadecimal digits.");
  }
  return value;
}

/** A moment, read and written as text with a time zone. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: "A moment as RFC 3339 text in UTC, such as 2026-11-23T15:00:00.000Z.",
  serialize: (value) => {
    if (!(value instanceof Date)) throw new GraphQLError("DateTime holds a Date.");
    return value.toISOString();
  },
  parseValue: (value) => parseMoment(value),
  parseLiteral: (node) => parseMoment(node.kind === Kind.STRING ? node.value : undefined),
});

function parseMoment(value: unknown): Date {
  const moment = typeof value === "string" ? new Date(value) : new Date(NaN);
  if (Number.isNaN(moment.getTime())) throw new GraphQLError("DateTime must be RFC 3339 text.");
  return moment;
}
