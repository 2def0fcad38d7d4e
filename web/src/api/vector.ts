/** A Float32Vector as numbers. */
export function decodeVector(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer); // little-endian, as every machine with a browser is
}
