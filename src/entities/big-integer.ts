import type { ValueTransformer } from "typeorm";

/** `bigint` columns hold counts and sizes below 2^53 here (a CHECK keeps them so); the driver gives them as text. */
export const bigInteger: ValueTransformer = {
  to: (value: number | null): number | null => value,
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
};
