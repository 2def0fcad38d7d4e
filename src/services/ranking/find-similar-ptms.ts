import DataLoader from "dataloader";
import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import { rowOf } from "../../engine/linalg/double-matrix.js";
import { BestSoFar } from "../../engine/ranking/best-so-far.js";
import { multiplyTransposedRight } from "../../engine/runtime/mat-mul.js";
import { Spider } from "../../entities/spider.js";
import { checkFirst } from "../registry/keyset-page.js";
import { type PtmLikeness, PtmVectors, type VectorPage } from "./ptm-vectors.js";
import type { ZooStates } from "./zoo-state.js";

/** Vectors that stay in memory, for the next one who asks; a larger zoo is read again. */
const KEPT_BYTES = 128 * 1024 * 1024;
/** PTMs that are compared with the zoo in one pass. */
const BATCH = 200;

export interface SimilarPtm {
  readonly ptmId: string;
  /** In [-1, 1]. */
  readonly similarity: number;
}

interface Question {
  readonly ptmId: string;
  readonly likeness: PtmLikeness;
  readonly first: number;
}

/** Finds the PTMs that are most like a PTM, by what the active spider learned of them or by how they see images. */
export class FindSimilarPtms {
  readonly #kept = new LRUCache<string, readonly VectorPage[]>({ max: 2 });
  /** Gathers the PTMs of one answer: they share a pass over the zoo. */
  readonly #gathered = new DataLoader((asked: readonly Question[]) => this.#answer(asked), {
    cache: false,
    maxBatchSize: BATCH,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly states: ZooStates,
  ) {}

  /**
   * The nearest among the READY PTMs; none while no spider is active or for a PTM that has no such vector.
   *
   * @param first 1 to 100
   * @throws DomainError BAD_USER_INPUT
   */
  async run(ptmId: string, likeness: PtmLikeness, first: number): Promise<SimilarPtm[]> {
    checkFirst(first);
    return this.#gathered.load({ ptmId, likeness, first });
  }

  async #answer(asked: readonly Question[]): Promise<SimilarPtm[][]> {
    const spider = await this.dataSource.getRepository(Spider).findOneBy({ active: true });
    if (spider === null) return asked.map(() => []);
    const answers = new Map<Question, SimilarPtm[]>();
    for (const likeness of new Set(asked.map((question) => question.likeness))) {
      const alike = asked.filter((question) => question.likeness === likeness);
      await this.#compare(alike, new PtmVectors(this.dataSource, likeness, spider), spider, answers);
    }
    return asked.map((question) => answers.get(question) ?? []);
  }

  async #compare(
    asked: readonly Question[],
    vectors: PtmVectors,
    spider: Spider,
    answers: Map<Question, SimilarPtm[]>,
  ): Promise<void> {
    const own = await vectors.of([...new Set(asked.map(({ ptmId }) => ptmId))]);
    if (own.ids.length === 0) return;
    const most = Math.max(...asked.map(({ first }) => first));
    const best = own.ids.map(() => new BestSoFar(most + 1)); // one is the PTM itself
    const ids: string[] = [];
    for await (const page of this.#pages(vectors, [spider.id, asked[0]!.likeness])) {
      const cosines = await multiplyTransposedRight(own.directions, page.directions); // [q, d] x [d, P] -> [q, P]
      best.forEach((found, q) => found.add(ids.length, Float32Array.from(rowOf(cosines, q))));
      ids.push(...page.ids);
    }
    for (const question of asked) {
      const row = own.ids.indexOf(question.ptmId);
      if (row < 0) continue;
      const { positions, scores } = best[row]!.best();
      const found = Array.from(positions, (position, i) => ({
        ptmId: ids[position]!,
        similarity: scores[i]!,
      }));
      answers.set(question, found.filter(({ ptmId }) => ptmId !== question.ptmId).slice(0, question.first));
    }
  }

  /** From memory where the zoo has not changed since; every change to a vector or a status moves the counter. */
  async *#pages(vectors: PtmVectors, who: readonly string[]): AsyncGenerator<VectorPage> {
    const key = JSON.stringify([(await this.states.read()).tokens, ...who]);
    const known = this.#kept.get(key);
    if (known !== undefined) {
      yield* known;
      return;
    }
    const pages: VectorPage[] = [];
    let bytes = 0;
    for await (const page of vectors.ready()) {
      bytes += page.directions.values.byteLength;
      if (bytes <= KEPT_BYTES) pages.push(page);
      yield page;
    }
    if (bytes <= KEPT_BYTES) this.#kept.set(key, pages);
  }
}
