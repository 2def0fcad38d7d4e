/**
 * Does a piece of work for each key one turn at a time. Those who ask while a turn is under way share the next one, which
 * begins after they asked: it sees everything that they saw, however many they are.
 */
export class SharedTurns {
  readonly #turns = new Map<string, { readonly now: Promise<void>; next?: Promise<void> }>();

  /**
   * @param work given by whoever opens the turn; the others must mean the same
   * @throws what the turn throws, to all who share it
   */
  take(key: string, work: () => Promise<void>): Promise<void> {
    const turn = this.#turns.get(key);
    if (turn === undefined) return this.#begin(key, work);
    const begin = (): Promise<void> => this.#begin(key, work);
    turn.next ??= turn.now.then(begin, begin);
    return turn.next;
  }

  async #begin(key: string, work: () => Promise<void>): Promise<void> {
    const now = work();
    const turn: { readonly now: Promise<void>; next?: Promise<void> } = { now };
    this.#turns.set(key, turn);
    try {
      await now;
    } finally {
      if (turn.next === undefined) this.#turns.delete(key);
    }
  }
}
