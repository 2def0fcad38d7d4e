/** A dense matrix, row-major: element (r, c) is `values[r * columns + c]`. The engine's one exchange format. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Shape [rows, columns], length rows * columns, finite unless a function says otherwise. */
  readonly values: Float32Array;
}

/**
 * Makes a Matrix and checks its shape.
 *
 * @throws RangeError if rows or columns is not a non-negative integer or `values` has another length
 */
export function matrix(rows: number, columns: number, values: Float32Array): Matrix {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 0 || columns < 0) {
    throw new RangeError(`matrix: rows and columns must be integers >= 0, got ${rows} x ${columns}`);
  }
  if (values.length !== rows * columns) {
    throw new RangeError(`matrix: ${rows} x ${columns} needs ${rows * columns} values, got ${values.length}`);
  }
  return { rows, columns, values };
}

/**
 * Refuses NaN and infinities with the position of the first one.
 *
 * @param who the calling function, for the message
 * @throws RangeError at the first value that is not finite
 */
export function requireFinite(who: string, values: Float32Array | Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(`${who}: every value must be finite, got ${values[i]} at index ${i}`);
    }
  }
}
