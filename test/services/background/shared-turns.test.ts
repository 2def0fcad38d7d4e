import assert from "node:assert/strict";
import { test } from "node:test";

import { SharedTurns } from "../../../src/services/background/shared-turns.js";

/** Work whose turns the test ends by hand. */
class Turns {
  readonly #ends: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  begun = 0;

  readonly work = (): Promise<void> => {
    this.begun++;
    return new Promise((resolve, reject) => this.#ends.push({ resolve, reject }));
  };

  end(): void {
    this.#ends.shift()!.resolve();
  }

  fail(reason: Error): void {
    this.#ends.shift()!.reject(reason);
  }
}

test("who asks during a turn shares the next, which begins when that one is over", async () => {
  const turns = new SharedTurns();
  const { work } = new Turns();
  const seen = new Turns();
  const first = turns.take("a", seen.work);
  const later = [turns.take("a", seen.work), turns.take("a", work), turns.take("a", work)];
  assert.equal(seen.begun, 1);
  seen.end();
  await first;
  assert.equal(seen.begun, 2);
  seen.end();
  await Promise.all(later);

  const again = turns.take("a", seen.work);
  assert.equal(seen.begun, 3);
  seen.end();
  await again;
});

test("turns of different keys do not wait for each other", async () => {
  const turns = new SharedTurns();
  const seen = new Turns();
  const both = [turns.take("a", seen.work), turns.take("b", seen.work)];
  assert.equal(seen.begun, 2);
  seen.end();
  seen.end();
  await Promise.all(both);
});

test("a turn that fails tells those who share it, and the next begins all the same", async () => {
  const turns = new SharedTurns();
  const seen = new Turns();
  const first = turns.take("a", seen.work);
  const second = turns.take("a", seen.work);
  seen.fail(new Error("no database"));
  await assert.rejects(first, /no database/);
  assert.equal(seen.begun, 2);
  seen.end();
  await second;
});
