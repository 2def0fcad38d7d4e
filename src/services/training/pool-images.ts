import type { ArchiveLimits } from "../../archives/archive-limits.js";
import type { LabelledImages } from "../../archives/labelled-images.js";
import { readTaskArchive } from "../../archives/task-archive.js";
import { subsample } from "../../engine/tokens/subsample.js";
import type { PoolLabels } from "../../engine/training/sample-task.js";
import type { PoolSource } from "../../entities/pool-source.js";
import type { Pool } from "../../entities/pool.js";
import type { ArtifactStore } from "../../storage/artifact-store.js";
import { selectSamples } from "../tokens/run-network.js";

/** Fixed, so that every PTM is run on the same samples whenever it comes. */
const SUBSAMPLE_SEED = 0;

/**
 * The images of a pool's sources, in the order in which their samples stand in the pool. Sources of one size come as one, so
 * that a network is started once for them.
 *
 * @param sources in the order of their positions; those without images are left out
 * @throws DomainError if an archive is gone, damaged or holds no images
 */
export async function poolImages(
  store: ArtifactStore,
  limits: ArchiveLimits,
  { samplesPerClass }: Pick<Pool, "samplesPerClass">,
  sources: readonly PoolSource[],
): Promise<LabelledImages[]> {
  const groups: LabelledImages[] = [];
  for (const { artifactSha256 } of sources) {
    if (artifactSha256 === null) continue;
    const all = await readTaskArchive(await store.path(artifactSha256), limits);
    const samples =
      samplesPerClass === null
        ? all
        : selectSamples(all, subsample(all.labels, samplesPerClass, SUBSAMPLE_SEED));
    const last = groups.at(-1);
    if (last !== undefined && last.height === samples.height && last.width === samples.width) {
      groups[groups.length - 1] = joined(last, samples);
    } else groups.push(samples);
  }
  return groups;
}

/** Two sources of one size one behind the other, the second one's classes numbered on. */
function joined(first: LabelledImages, second: LabelledImages): LabelledImages {
  const images = new Uint8Array(first.images.length + second.images.length);
  images.set(first.images);
  images.set(second.images, first.images.length);
  const labels = new Int32Array(first.count + second.count);
  labels.set(first.labels);
  labels.set(
    second.labels.map((label) => label + first.classNames.length),
    first.count,
  );
  return {
    ...first,
    count: first.count + second.count,
    images,
    labels,
    classNames: [...first.classNames, ...second.classNames],
  };
}

/** Source and class of every sample of `poolImages`, classes numbered through the pool: what a pool's file says of its samples. */
export async function poolLabels(
  store: ArtifactStore,
  limits: ArchiveLimits,
  pool: Pick<Pool, "samplesPerClass">,
  sources: readonly PoolSource[],
): Promise<PoolLabels> {
  const labels: number[] = [];
  const ofSources: number[] = [];
  let classes = 0;
  for (const source of sources) {
    const [samples] = await poolImages(store, limits, pool, [source]);
    if (samples === undefined) continue;
    for (const label of samples.labels) {
      labels.push(classes + label);
      ofSources.push(source.position);
    }
    classes += samples.classNames.length;
  }
  return { labels: Int32Array.from(labels), sources: Int32Array.from(ofSources) };
}
