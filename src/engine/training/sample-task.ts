import { uniformStream } from "../random.js";
import { drawWithout } from "./draw-without.js";

/** Labelled samples from several sources, the ground that training tasks are drawn from. */
export interface PoolLabels {
  /** Source of each sample, [n], integers >= 0 */
  readonly sources: Int32Array;
  /** Class of each sample, [n]; a class belongs to one source */
  readonly labels: Int32Array;
}

/** Inclusive bounds. */
export type Range = readonly [least: number, most: number];

export interface TaskShape {
  readonly sources: Range;
  readonly classes: Range;
  readonly samplesPerClass: Range;
}

/** As the paper draws its training tasks. */
export const PAPER_TASK_SHAPE: TaskShape = { sources: [1, 4], classes: [2, 24], samplesPerClass: [8, 50] };

/** A training task, as positions in the pool. */
export interface SampledTask {
  /** [n], ascending within a class */
  readonly samples: Int32Array;
  /** [n], integers in [0, classCount) */
  readonly labels: Int32Array;
  readonly classCount: number;
}

/** The pool's samples by source and class, made once for many draws: sampleIndex[source][class] -> positions. */
export type PoolIndex = readonly (readonly Int32Array[])[];

/**
 * @throws RangeError if sources and labels differ in length, or a class is in two sources
 */
export function indexPool({ sources, labels }: PoolLabels): PoolIndex {
  if (sources.length !== labels.length) {
    throw new RangeError(
      `indexPool: every sample needs both, got ${sources.length} sources, ${labels.length} labels`,
    );
  }
  const bySource = new Map<number, Map<number, number[]>>();
  const sourceOf = new Map<number, number>();
  sources.forEach((source, sample) => {
    const label = labels[sample]!;
    const known = sourceOf.get(label);
    if (known !== undefined && known !== source) {
      throw new RangeError(
        `indexPool: class ${label} must be of one source, found in ${known} and ${source}`,
      );
    }
    sourceOf.set(label, source);
    const classes = bySource.get(source) ?? new Map<number, number[]>();
    const samples = classes.get(label) ?? [];
    samples.push(sample);
    bySource.set(source, classes.set(label, samples));
  });
  const ascending = <T>(map: Map<number, T>): T[] =>
    [...map].sort(([a], [b]) => a - b).map(([, value]) => value);
  return ascending(bySource).map((classes) => ascending(classes).map((samples) => Int32Array.from(samples)));
}

/**
 * Draws a training task: a few sources, a few of their classes, a few samples of each class; all draws uniform, counts
 * within the shape's bounds and cut to what the pool has. A pure function of the seed.
 *
 * @throws RangeError if the pool has fewer than two classes
 */
export function sampleTask(pool: PoolIndex, shape: TaskShape, seed: number): SampledTask {
  const total = pool.reduce((sum, source) => sum + source.length, 0);
  if (total < 2) throw new RangeError(`sampleTask: the pool must hold at least two classes, got ${total}`);
  const random = uniformStream(seed);
  const between = ([least, most]: Range): number => least + Math.floor(random() * (most - least + 1));

  const order = drawWithout(pool, pool.length, random);
  let sources = between(shape.sources);
  let classes = order.slice(0, sources).flat();
  while (classes.length < 2) classes = order.slice(0, ++sources).flat(); // a source of one class makes no task
  const chosen = drawWithout(classes, Math.max(2, between(shape.classes)), random);
  const perClass = between(shape.samplesPerClass);
  const drawn = chosen.map((samples) => drawWithout([...samples], perClass, random).sort((a, b) => a - b));
  return {
    samples: Int32Array.from(drawn.flat()),
    labels: Int32Array.from(drawn.flatMap((samples, label) => samples.map(() => label))),
    classCount: drawn.length,
  };
}
