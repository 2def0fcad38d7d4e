import { join } from "node:path";

import { type OrbClient, OrbError, SpiderByIdDocument, type SignaturePartsFragment } from "orbweaver-client";

import { DEFAULT_ARCHIVE_LIMITS } from "../../archives/archive-limits.js";
import type { Config } from "../../config.js";
import type { PtmSignature } from "../../engine/tokens/signature.js";
import { RunNetwork } from "../../services/tokens/run-network.js";
import { taskCentres } from "../../services/tokens/task-centres.js";
import { readSamples } from "../../services/tokens/task-samples.js";
import { LocalDiskStore } from "../../storage/local-disk.js";
import { ProgressBar } from "../progress-bar.js";

/**
 * Class centres of an archive, computed here with the general encoder of the server's active spider: what is sent for a
 * private task. The encoder is fetched once and kept under ORB_HOME, by its digest.
 *
 * @throws OrbError FAILED_PRECONDITION if no spider is active
 */
export async function privateCentres(
  orb: OrbClient,
  archive: string,
  config: Config,
): Promise<{ classes: string[]; vectors: string }> {
  const { spider } = await orb.ask(SpiderByIdDocument, {});
  if (spider === null) throw new OrbError("FAILED_PRECONDITION", "No spider is active at the server.");
  const store = new LocalDiskStore(join(config.home, "encoders"));
  if (!(await store.has(spider.encoderSha256))) {
    const encoder = await orb.download(spider.encoderSha256);
    await store.write(spider.encoderSha256, encoder, { maxBytes: config.maxArtifactBytes });
  }
  const limits = {
    memoryBytes: config.sandboxMemoryBytes,
    deadlineSeconds: config.sandboxSeconds,
    openDeadlineSeconds: config.sandboxSeconds,
  };
  const network = new RunNetwork(store, limits, 0);
  const bar = new ProgressBar("running the general encoder here");
  try {
    const samples = await readSamples(archive, DEFAULT_ARCHIVE_LIMITS, config.samplesPerClass);
    const encoder = {
      artifactSha256: spider.encoderSha256,
      signature: toSignature(spider.encoderSignature),
      width: spider.encoderWidth,
    };
    const { values } = await taskCentres(network, encoder, samples, (progress) =>
      bar.update(Math.round(progress * samples.count), samples.count),
    );
    const vectors = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
    return { classes: [...samples.classNames], vectors };
  } finally {
    bar.end();
    await network.close();
  }
}

function toSignature({
  low,
  high,
  mean,
  std,
  features,
  probabilities,
  ...rest
}: SignaturePartsFragment): PtmSignature {
  return {
    ...rest,
    channels: 3,
    range: [low, high],
    mean: oneOrThree(mean),
    std: oneOrThree(std),
    outputs: { features, ...(probabilities !== null && { probabilities }) },
  };
}

function oneOrThree(values: readonly number[]): number | readonly [number, number, number] {
  return values.length === 1 ? values[0]! : (values as [number, number, number]);
}
