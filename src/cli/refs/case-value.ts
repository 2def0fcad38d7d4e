/** One canonical quantity of a reference case. */
export interface CaseValue {
  readonly name: string;
  readonly key: string;
  /** null where the quantity is undefined: JSON has no NaN. */
  readonly value: number | number[] | null;
  /** Why it is undefined. */
  readonly error?: string;
}

/** A quantity that the engine may refuse: its message then stands beside the null. */
export async function caseValue(
  name: string,
  key: string,
  compute: () => number | number[] | Promise<number | number[]>,
): Promise<CaseValue> {
  try {
    const value = await compute();
    const defined = Array.isArray(value) ? value.every(Number.isFinite) : Number.isFinite(value);
    return defined ? { name, key, value } : { name, key, value: null, error: `${key} is ${String(value)}` };
  } catch (error) {
    // The engine refuses with these two; anything else is our bug and ends the command.
    if (error instanceof RangeError || error instanceof TypeError) {
      return { name, key, value: null, error: error.message };
    }
    throw error;
  }
}
