import DataLoader from "dataloader";
import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";

import { matrix, type Matrix } from "../../engine/matrix.js";
import type { MeasuredScores } from "../../engine/ranking/standings.js";
import type { BestAnswer, BestQuestion, Prior } from "../../engine/runtime/ranked-zoo.js";
import type { RunsOn } from "../../engine/runtime/scorer-worker.js";
import type { ZooScorer } from "../../engine/runtime/zoo-scorer.js";
import type { RerankedPtm } from "../../engine/runtime/zoo-sessions.js";
import type { SnapshotManifest } from "../../engine/spider/snapshot-manifest.js";
import type { SpiderPtm } from "../../engine/spider/spider.js";
import { float32Vector } from "../../entities/float32-vector.js";
import { Ptm } from "../../entities/ptm.js";
import type { Spider } from "../../entities/spider.js";
import { DomainError } from "../../errors.js";
import { sha256 } from "../digest.js";
import { applyPtmFilter, filterKey, type PtmFilter } from "../filters/ptm-filter.js";
import { learnedPlaces } from "./learned-places.js";
import { readIdPages } from "./ptm-pages.js";
import type { PtmIds } from "./ptm-ids.js";
import type { OutcomeTable } from "./outcome-table.js";
import { remember } from "../remember.js";
import { SharedPasses } from "./shared-passes.js";
import type { SpiderSnapshots } from "../tokens/spider-snapshots.js";
import { ZooFamilies } from "./zoo-families.js";
import { ZooStandings } from "./zoo-standings.js";
import type { ZooTokens } from "./zoo-tokens.js";

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
 * One spider's view of the zoo, held in memory and immutable: the tokens of all READY PTMs inside the scorer. PTMs are
 * known by their position, which follows the order of ids, so that ties broken by position are broken by id.
 */
export class ZooIndex {
  readonly #admitted = new LRUCache<string, Promise<AdmittedPtms>>({ max: FILTERS_KEPT });

  #noted: Promise<void> | undefined;
  /** Of this state of the zoo, or until they are asked for, of the one before. */
  #families: ZooFamilies | undefined;
  #standings: { readonly table?: OutcomeTable; readonly are: Promise<ZooStandings> } | undefined;
  readonly #rows = new LRUCache<string, Ptm>({ max: ROWS_KEPT });
  /** Rankings that are made together read the rows that they show together. */
  readonly #row = new DataLoader<string, Ptm | undefined>((ids) => this.#readRows(ids), { cache: false });
  readonly #best: SharedPasses<BestQuestion, BestAnswer>;
  #everybody: AdmittedPtms | undefined;

  private constructor(
    readonly spider: Spider,
    /** By position. */
    readonly ptmIds: PtmIds,
    /** Digest of which tokens these are. */
    readonly digest: string,
    private readonly scorer: ZooScorer,
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly onSeconds: (seconds: number) => void,
    before?: ZooIndex,
  ) {
    if (before !== undefined) {
      this.#families = before.#families;
      this.#standings = before.#standings && { are: before.#standings.are };
    }
    this.#best = new SharedPasses((questions) => this.#timed(scorer.bestMany(questions)));
  }

  /**
   * Brings the tokens of every READY PTM into a scorer.
   *
   * @param before of an earlier state of the zoo: what the change left as it was is not worked out again
   */
  static async load(
    dataSource: DataSource,
    snapshots: SpiderSnapshots,
    tokens: ZooTokens,
    spider: Spider,
    onSeconds: (seconds: number) => void,
    before?: ZooIndex,
  ): Promise<ZooIndex> {
    const { ids, digest: held, scorer } = await tokens.load(spider);
    const digest = sha256(spider.snapshotSha256!, held);
    return new ZooIndex(spider, ids, digest, scorer, dataSource, snapshots, onSeconds, before);
  }

  /** What runs this index' rankings. */
  get runsOn(): RunsOn {
    return this.scorer.runsOn;
  }

  /** How the PTMs stand by their outcomes; kept until another table comes. */
  standings(table: OutcomeTable): Promise<ZooStandings> {
    const before = this.#standings;
    if (before?.table === table) return before.are;
    const are = (async () => {
      const standings = await before?.are.catch(() => undefined);
      return ZooStandings.of(this.ptmIds, table, standings);
    })();
    const standings = { table, are };
    this.#standings = standings;
    are.catch(() => {
      if (this.#standings === standings) this.#standings = before;
    });
    return are;
  }

  /** How much outcomes on other tasks count in this spider's rankings; 0 for one that ranks by fitness alone. */
  get priorWeight(): number {
    return (this.spider.manifest as SnapshotManifest).priorWeight ?? 0; // checked when the spider was imported
  }

  /**
   * What all PTMs are ranked by for a task, by position: the fitness that spider and companions give, with the prior if the
   * spider has a weight for one. The prior is taken over the whole zoo, so that a filter leaves every fitness as it is.
   *
   * @param taskToken shape [C, d_psi]
   * @param outcomes  on other tasks: a ranking never sees those of the ranked one; absent: fitness alone
   */
  async fitness(taskToken: Matrix, outcomes?: MeasuredScores): Promise<Float32Array> {
    await this.#note();
    return this.#timed(this.scorer.score(taskToken, outcomes && this.#prior(outcomes)));
  }

  /**
   * The k best PTMs of those admitted, best first, and the fitness of some more; chosen in the scorer's worker, so that a
   * large zoo's fitness never comes to this thread.
   *
   * @param taskToken shape [C, d_psi]
   * @param outcomes  on other tasks
   * @param of        positions of the PTMs whose fitness is asked for too
   */
  async best(
    taskToken: Matrix,
    k: number,
    { bits }: AdmittedPtms,
    outcomes: MeasuredScores,
    of: Int32Array,
  ): Promise<BestAnswer> {
    await this.#note();
    return this.#best.ask({ taskToken, k, admitted: bits, prior: this.#prior(outcomes), of });
  }

  #prior(outcomes: MeasuredScores): Prior | undefined {
    return this.priorWeight === 0 ? undefined : { weight: this.priorWeight, outcomes };
  }

  /** Tells the scorer what its rankings have to know about the PTMs: once, when the first ranking asks for it. */
  #note(): Promise<void> {
    this.#noted ??= this.#readNotes();
    this.#noted.catch(() => (this.#noted = undefined));
    return this.#noted;
  }

  async #readFamilies(): Promise<ZooFamilies> {
    return (this.#families = await ZooFamilies.read(this.dataSource, this.ptmIds, this.#families));
  }

  async #readNotes(): Promise<void> {
    const hasCompanions = ((this.spider.manifest as SnapshotManifest).companions ?? 0) > 0;
    if (!hasCompanions && this.priorWeight === 0) return;
    await this.scorer.note({
      learned: hasCompanions
        ? await learnedPlaces(this.dataSource, await this.snapshots.read(this.spider), this.ptmIds)
        : undefined,
      families: this.priorWeight > 0 ? (await this.#readFamilies()).numbers : undefined,
    });
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
      const ptmIndex = this.ptmIds.positionOf(ptmId);
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
    if (filterKey(filter) === "") return Promise.resolve(this.#all());
    return remember(this.#admitted, filterKey(filter), async () => {
      const query = this.dataSource.createQueryBuilder(Ptm, "ptm").select("ptm.id", "id");
      const positions = await readIdPages(this.dataSource, applyPtmFilter(query, filter), this.ptmIds);
      const bits = new Uint8Array(Math.ceil(this.ptmIds.length / 8));
      for (const position of positions) bits[position >> 3]! |= 1 << (position & 7);
      return { positions, bits };
    });
  }

  #all(): AdmittedPtms {
    if (this.#everybody === undefined) {
      const positions = new Int32Array(this.ptmIds.length);
      for (let position = 0; position < positions.length; position++) positions[position] = position;
      this.#everybody = { positions };
    }
    return this.#everybody;
  }

  /** Where a PTM is; undefined if it has no token. */
  positionOf(ptmId: string): number | undefined {
    return this.ptmIds.positionOf(ptmId);
  }

  /** The rows of PTMs, for a ranking to show. A row that changes makes a new version of the zoo, and so a new index. */
  async rows(ptmIds: readonly string[]): Promise<ReadonlyMap<string, Ptm>> {
    const unknown = ptmIds.filter((id) => !this.#rows.has(id));
    const read = await Promise.all(unknown.map((id) => this.#row.load(id)));
    const rows = new Map<string, Ptm>();
    for (const id of ptmIds) {
      const row = this.#rows.get(id);
      if (row !== undefined) rows.set(id, row);
    }
    for (const row of read) {
      if (row === undefined) continue;
      rows.set(row.id, row);
      this.#rows.set(row.id, row);
    }
    return rows;
  }

  async #readRows(ids: readonly string[]): Promise<(Ptm | undefined)[]> {
    const query = this.dataSource.createQueryBuilder(Ptm, "ptm").where("ptm.id = ANY(:ids)", { ids });
    const byId = new Map((await query.getMany()).map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id));
  }

  async close(): Promise<void> {
    await this.scorer.close();
  }

  /** Tells what the scorer took, for a question that no memory could answer. */
  async #timed<Answer>(asking: Promise<Answer>): Promise<Answer> {
    const begin = performance.now();
    try {
      return await asking;
    } catch (error) {
      if (this.runsOn.provider !== undefined) throw error;
      throw new DomainError("UNAVAILABLE", "The device that ranks was lost; ask again in a moment.", {
        cause: error,
      });
    } finally {
      this.onSeconds((performance.now() - begin) / 1000);
    }
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
