import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import type { Matrix } from "../engine/matrix.js";
import { matrix } from "../engine/matrix.js";
import type { Best } from "../engine/ranking/best-so-far.js";
import type { ExecutionProvider } from "../engine/runtime/execution-providers.js";
import { ZooScorer } from "../engine/runtime/zoo-scorer.js";
import type { RerankedPtm } from "../engine/runtime/zoo-sessions.js";
import type { SnapshotManifest } from "../engine/spider/snapshot-manifest.js";
import type { SpiderPtm } from "../engine/spider/spider.js";
import { float32Vector } from "../entities/float32-vector.js";
import { PtmToken } from "../entities/ptm-token.js";
import { Ptm } from "../entities/ptm.js";
import type { Spider } from "../entities/spider.js";
import { sha256 } from "./digest.js";
import { applyPtmFilter, filterKey, type PtmFilter } from "./ptm-filter.js";
import type { SpiderSnapshots } from "./spider-snapshots.js";

/** Memory for fitness vectors of recently ranked tasks; a vector is 4 bytes a PTM. */
const FITNESS_CACHE_BYTES = 64 * 1024 * 1024;
const FILTERS_KEPT = 100;
/** PTM rows in memory, for rankings to show: some hundred bytes each. */
const ROWS_KEPT = 10_000;

/** PTMs that may enter a ranking. */
export interface AdmittedPtms {
  /** Ascending. */
  readonly positions: Int32Array;
  /** The same as one bit a PTM, see ZooScorer.best; absent when all are admitted. */
  readonly bits?: Uint8Array;
}

/**
 * One spider's view of the zoo, held in memory and immutable: the tokens of all READY PTMs in one contiguous array inside
 * the scorer. PTMs are known by their position, which follows the order of ids, so that ties broken by position are
 * broken by id.
 */
export class ZooIndex {
  readonly #fitness = new LRUCache<string, Promise<Float32Array>>({
    maxSize: FITNESS_CACHE_BYTES,
    sizeCalculation: () => 4 * this.ptmIds.length + 64,
  });
  readonly #admitted = new LRUCache<string, Promise<AdmittedPtms>>({ max: FILTERS_KEPT });

  #families: Promise<Int32Array> | undefined;
  readonly #rows = new LRUCache<string, Ptm>({ max: ROWS_KEPT });

  private constructor(
    readonly spider: Spider,
    /** By position. */
    readonly ptmIds: readonly string[],
    /** Digest of which tokens these are. */
    readonly digest: string,
    private readonly scorer: ZooScorer,
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly onSeconds: (seconds: number) => void,
  ) {}

  /** Reads the tokens of every READY PTM in two queries and hands them to a scorer. */
  static async load(
    dataSource: DataSource,
    snapshots: SpiderSnapshots,
    spider: Spider,
    executionProviders: readonly ExecutionProvider[],
    onWarning: (warning: string) => void,
    onSeconds: (seconds: number) => void,
  ): Promise<ZooIndex> {
    const { parameters } = await snapshots.read(spider);
    const rows = await dataSource
      .createQueryBuilder(PtmToken, "token")
      .innerJoin(Ptm, "ptm", "ptm.id = token.ptmId AND ptm.status = 'READY'")
      .where("token.spiderId = :spiderId", { spiderId: spider.id })
      .orderBy("token.ptmId")
      .getMany();
    const tokens = matrix(rows.length, spider.width, new Float32Array(rows.length * spider.width));
    rows.forEach((row, position) => tokens.values.set(row.vector, position * spider.width));
    const scorer = await ZooScorer.open({ spider: parameters, tokens, executionProviders, onWarning });
    const digest = sha256(spider.snapshotSha256!, ...rows.flatMap((row) => [row.ptmId, row.digest]));
    return new ZooIndex(
      spider,
      rows.map((row) => row.ptmId),
      digest,
      scorer,
      dataSource,
      snapshots,
      onSeconds,
    );
  }

  /**
   * Numbers the architectures: by position, equal for PTMs of one architecture; a PTM without one is a family of its own.
   * Read once, for spiders that ask for them; a PTM never changes its architecture.
   */
  async families(): Promise<Int32Array> {
    this.#families ??= readFamilies(this.dataSource, this.ptmIds);
    this.#families.catch(() => (this.#families = undefined));
    return this.#families;
  }

  /** How much outcomes on other tasks count in this spider's rankings; 0 for one that ranks by fitness alone. */
  get priorWeight(): number {
    return (this.spider.manifest as SnapshotManifest).priorWeight ?? 0; // checked when the spider was imported
  }

  /**
   * Fitness of every PTM for a task, by position; concurrent and repeated questions share one computation.
   *
   * @param digest    of the task token
   * @param taskToken shape [C, d_psi]
   */
  fitness(digest: string, taskToken: Matrix): Promise<Float32Array> {
    return remember(this.#fitness, digest, () => this.#timed(this.scorer.score(taskToken)));
  }

  /**
   * The k best PTMs of those admitted, best first; chosen in the scorer's thread, so that a large zoo's scores never come
   * to this one.
   *
   * @param taskToken shape [C, d_psi]
   */
  best(taskToken: Matrix, k: number, { bits }: AdmittedPtms): Promise<Best> {
    return this.#timed(this.scorer.best(taskToken, k, bits));
  }

  /**
   * Fitness of a few PTMs with their specific rows.
   *
   * @param taskToken shape [C, d_psi]
   * @param runs      the specific tokens, shape [C, d_m] each
   * @returns one for each of `runs`: the fitness, or why this spider cannot give one
   */
  async rerankedFitness(
    taskToken: Matrix,
    runs: readonly { readonly ptmId: string; readonly token: Matrix }[],
  ): Promise<(number | { reason: string })[]> {
    const ptmIds = runs.map(({ ptmId }) => ptmId);
    const [{ ptms: learned }, added, rows] = await Promise.all([
      this.snapshots.read(this.spider),
      readProjections(this.dataSource, this.spider, ptmIds),
      this.rows(ptmIds),
    ]);
    const answers = runs.map(({ ptmId, token }): RerankedPtm | { reason: string } => {
      const ptmIndex = this.positionOf(ptmId);
      if (ptmIndex === undefined) return { reason: "The PTM left the zoo while the ranking was under way." };
      const known =
        added.get(ptmId) ?? learned.find(({ digest }) => digest === rows.get(ptmId)?.artifactSha256);
      if (known?.projection.columns !== token.columns) {
        return { reason: "The spider has not learned to read this PTM's features." };
      }
      return { ptmIndex, specificToken: token, projection: known.projection, bias: known.projectionBias };
    });
    const readable = answers.filter((answer) => "ptmIndex" in answer);
    const fitness = await this.#timed(this.scorer.scoreReranked(taskToken, readable));
    let next = 0;
    return answers.map((answer) => ("ptmIndex" in answer ? fitness[next++]! : answer));
  }

  /** The PTMs that a filter admits. */
  admitted(filter: PtmFilter): Promise<AdmittedPtms> {
    return remember(this.#admitted, filterKey(filter), async () => {
      if (filterKey(filter) === "") return { positions: Int32Array.from(this.ptmIds.keys()) };
      const rows = await applyPtmFilter(
        this.dataSource.createQueryBuilder(Ptm, "ptm").select("ptm.id", "id"),
        filter,
      ).getRawMany<{ id: string }>();
      const found = rows.map(({ id }) => this.positionOf(id)).filter((position) => position !== undefined);
      const positions = Int32Array.from(found).sort();
      const bits = new Uint8Array(Math.ceil(this.ptmIds.length / 8));
      for (const position of positions) bits[position >> 3]! |= 1 << (position & 7);
      return { positions, bits };
    });
  }

  /** Where a PTM is; undefined if it has no token. By bisection: positions follow the order of ids. */
  positionOf(ptmId: string): number | undefined {
    let [begin, end] = [0, this.ptmIds.length];
    while (begin < end) {
      const middle = (begin + end) >> 1;
      if (this.ptmIds[middle]! < ptmId) begin = middle + 1;
      else end = middle;
    }
    return this.ptmIds[begin] === ptmId ? begin : undefined;
  }

  /** The rows of PTMs, for a ranking to show. A row that changes makes a new version of the zoo, and so a new index. */
  async rows(ptmIds: readonly string[]): Promise<ReadonlyMap<string, Ptm>> {
    const unknown = ptmIds.filter((id) => !this.#rows.has(id));
    const read =
      unknown.length === 0
        ? []
        : await this.dataSource
            .createQueryBuilder(Ptm, "ptm")
            .where("ptm.id = ANY(:ids)", { ids: unknown })
            .getMany();
    const rows = new Map<string, Ptm>();
    for (const id of ptmIds) {
      const row = this.#rows.get(id);
      if (row !== undefined) rows.set(id, row);
    }
    for (const row of read) {
      rows.set(row.id, row);
      this.#rows.set(row.id, row);
    }
    return rows;
  }

  async close(): Promise<void> {
    await this.scorer.close();
  }

  /** Tells what the scorer took, for a question that no memory could answer. */
  async #timed<Answer>(asking: Promise<Answer>): Promise<Answer> {
    const begin = performance.now();
    const answer = await asking;
    this.onSeconds((performance.now() - begin) / 1000);
    return answer;
  }
}

/** Of those PTMs that joined the spider after its training, by their ids. */
async function readProjections(
  dataSource: DataSource,
  spider: Spider,
  ptmIds: readonly string[],
): Promise<Map<string, Pick<SpiderPtm, "projection" | "projectionBias">>> {
  const rows: { ptmId: string; width: number; weight: Buffer; bias: Buffer }[] = await dataSource.query(
    `SELECT token.ptm_id AS "ptmId", projection.width, projection.weight, projection.bias
     FROM ptm_projection AS projection JOIN ptm_token AS token ON token.id = projection.token_id
     WHERE token.spider_id = $1 AND token.ptm_id = ANY($2)`,
    [spider.id, ptmIds],
  );
  return new Map(
    rows.map(({ ptmId, width, weight, bias }) => [
      ptmId,
      {
        projection: matrix(spider.width, width, float32Vector.from(weight) as Float32Array),
        projectionBias: float32Vector.from(bias) as Float32Array,
      },
    ]),
  );
}

async function readFamilies(dataSource: DataSource, ptmIds: readonly string[]): Promise<Int32Array> {
  const rows: { id: string; architecture: string | null }[] = await dataSource
    .createQueryBuilder(Ptm, "ptm")
    .select(["ptm.id AS id", "ptm.architecture AS architecture"])
    .where("ptm.id = ANY(:ptmIds)", { ptmIds })
    .getRawMany();
  const architectures = new Map(rows.map(({ id, architecture }) => [id, architecture]));
  const numbers = new Map<string, number>();
  return Int32Array.from(ptmIds, (id) => {
    const family = architectures.get(id) ?? id;
    const number = numbers.get(family) ?? numbers.size;
    numbers.set(family, number);
    return number;
  });
}

/** The value under a key, computed once; a failure is not remembered. */
function remember<Value>(
  cache: LRUCache<string, Promise<Value>>,
  key: string,
  compute: () => Promise<Value>,
): Promise<Value> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = compute();
  cache.set(key, value);
  value.catch(() => cache.delete(key));
  return value;
}
