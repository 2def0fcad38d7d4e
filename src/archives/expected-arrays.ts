import { badArchive, quoted } from "./bad-archive.js";
import type { NpyArray, NpyNumbers } from "./npy.js";

/** The arrays of an .npz of a known layout: asking for one that is missing or of another kind names it. */
export class ExpectedArrays {
  /** @param owner what needs the arrays, to begin the message with: "Kept outputs need" */
  constructor(
    private readonly owner: string,
    private readonly arrays: ReadonlyMap<string, NpyArray>,
  ) {}

  /**
   * @param shape null where any length will do
   * @throws DomainError BAD_USER_INPUT with what was expected and what came
   */
  numbers(name: string, dtype: NpyNumbers["dtype"], shape: readonly (number | null)[]): NpyNumbers {
    const array = this.arrays.get(name);
    const fits =
      array !== undefined &&
      array.kind !== "texts" &&
      array.dtype === dtype &&
      array.shape.length === shape.length &&
      shape.every((length, axis) => length === null || length === array.shape[axis]);
    if (!fits) {
      throw this.#unexpected(name, `${dtype} of shape [${shape.map((n) => n ?? "any").join(", ")}]`, array);
    }
    return array;
  }

  /** @throws DomainError BAD_USER_INPUT with what was expected and what came */
  texts(name: string): readonly string[] {
    const array = this.arrays.get(name);
    if (array?.kind !== "texts") throw this.#unexpected(name, "texts", array);
    return array.values;
  }

  #unexpected(name: string, expected: string, array: NpyArray | undefined): Error {
    const came = array === undefined ? "none" : `${array.dtype} of shape [${array.shape.join(", ")}]`;
    return badArchive(`${this.owner} an array ${quoted(name)}: ${expected}; got ${came}.`);
  }
}
