/** A Float32Vector as numbers. */
export function decodeVector(text: string): Float32Array {
  const bytes = atob(text);
  const target = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) target[i] = bytes.charCodeAt(i);
  return new Float32Array(target.buffer); // little-endian, as every machine with a browser is
}

/** Vectors of one width as the rows of a matrix: one piece of memory, which goes to a worker without being copied. */
export function decodeRows(texts: readonly string[]): { values: Float32Array; width: number } {
  const width = texts.length === 0 ? 0 : decodeVector(texts[0]!).length;
  const values = new Float32Array(texts.length * width);
  for (const [row, text] of texts.entries()) values.set(decodeVector(text).subarray(0, width), row * width);
  return { values, width };
}
