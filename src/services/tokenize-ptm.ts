import { type DataSource, type EntityManager } from "typeorm";
import { v7 as uuid } from "uuid";

import type { LabelledImages } from "../archives/labelled-images.js";
import { PtmToken } from "../entities/ptm-token.js";
import { Ptm } from "../entities/ptm.js";
import { Spider } from "../entities/spider.js";
import { sha256 } from "./digest.js";
import { JobRun } from "./job-run.js";
import { permanentFailure } from "./permanent-failure.js";
import type { RunNetwork } from "./run-network.js";
import type { SpiderSnapshots } from "./spider-snapshots.js";

/** The work of a TOKENIZE_PTM job: runs a new PTM once and gives it the token that the active spider has for it. */
export class TokenizePtm {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: SpiderSnapshots,
    private readonly network: RunNetwork,
  ) {}

  /**
   * Safe to repeat; of several attempts at a job the latest alone writes.
   *
   * @throws what another attempt may mend; a fault of the PTM ends in PTM and job FAILED instead
   */
  async run(jobId: string, signal: AbortSignal): Promise<void> {
    const attempt = await JobRun.begin(this.dataSource, jobId);
    if (attempt === undefined) return;
    const ptm = await this.dataSource.getRepository(Ptm).findOneByOrFail({ id: attempt.job.ptmId! });
    try {
      await attempt.progress(0, "running the PTM on probe images");
      const featureWidth = await this.#probe(ptm, signal);
      await attempt.finish({ state: "COMPLETED" }, async (manager) => {
        await manager.update(Ptm, { id: ptm.id }, { featureWidth });
        await giveToken(manager, this.snapshots, ptm);
      });
    } catch (error) {
      const reason = permanentFailure(error);
      if (reason === undefined) throw error;
      await attempt.finish({ state: "FAILED", errorMessage: reason }, async (manager) => {
        await manager.update(Ptm, { id: ptm.id }, { status: "FAILED", statusReason: reason });
      });
    }
  }

  /** What runs here runs on a task: the outputs exist, are finite and keep their width. */
  async #probe(ptm: Ptm, signal: AbortSignal): Promise<number> {
    let width = 0;
    for await (const batch of this.network.run(ptm, probeImages(ptm), signal)) width = batch.features.columns;
    return width;
  }
}

/**
 * Gives a PTM the token that the active spider learned for exactly its weights, or says why it has none.
 * In the caller's transaction.
 */
export async function giveToken(manager: EntityManager, snapshots: SpiderSnapshots, ptm: Ptm): Promise<void> {
  const spider = await manager.findOneBy(Spider, { active: true });
  const learned =
    spider && (await snapshots.read(spider)).ptms.find(({ digest }) => digest === ptm.artifactSha256);
  if (!spider || !learned) {
    await manager.update(
      Ptm,
      { id: ptm.id },
      {
        status: "REGISTERED",
        statusReason: spider
          ? `Spider ${spider.version} has no token for these weights; the PTM joins rankings with a spider that has.`
          : "No spider is active; the PTM joins rankings when one that knows it is.",
      },
    );
    return;
  }
  await manager
    .createQueryBuilder()
    .insert()
    .into(PtmToken)
    .values({
      id: uuid(),
      ptmId: ptm.id,
      spiderId: spider.id,
      width: spider.width,
      vector: learned.token,
      digest: sha256(learned.token),
    })
    .orIgnore()
    .execute();
  await manager.update(Ptm, { id: ptm.id }, { status: "READY", statusReason: null });
}

/** Black, grey and a ramp: enough to see that the network runs and stays finite. */
function probeImages({ signature }: Ptm): LabelledImages {
  const { height, width } = signature;
  const bytes = height * width * 3;
  const images = new Uint8Array(3 * bytes);
  images.fill(128, bytes, 2 * bytes);
  for (let i = 0; i < bytes; i++) images[2 * bytes + i] = i % 256;
  return { count: 3, height, width, images, labels: new Int32Array(3), classNames: ["probe"] };
}
