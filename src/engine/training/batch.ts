import type { Matrix } from "../matrix.js";
import type { NamedTensor } from "../runtime/session.js";
import { MASKED } from "./fitness-graph.js";
import { OUT_OF_LIST } from "./loss-graph.js";
import { positionWeights } from "./loss.js";
import type { TrainableSizes } from "./trainable.js";

/** What the fitness graph reads of one task. */
export interface BatchTask {
  /** mu [C, d_psi] */
  readonly taskToken: Matrix;
  /** The PTMs that were run on the task, each once. */
  readonly specific: readonly { readonly ptm: number; readonly token: Matrix }[];
}

export type Feeds = Record<string, NamedTensor>;

/**
 * Packs tasks of different sizes into the fitness graph's inputs (fitness-graph.ts has the shapes). Class rows are
 * padded to the largest C of the batch; masks keep the padding out of every result.
 *
 * @returns no specific inputs if no PTM was run on any of the tasks
 * @throws RangeError if there is no task, or a token's width is not the encoder's or is wider than the widest PTM
 */
export function taskFeeds(tasks: readonly BatchTask[], sizes: TrainableSizes): Feeds {
  if (tasks.length === 0) throw new RangeError("taskFeeds: a batch needs at least one task, got none");
  const classes = Math.max(...tasks.map(({ taskToken }) => taskToken.rows));
  const width = sizes.encoderWidth;
  const tokens = new Float32Array(tasks.length * classes * width);
  const mask = new Float32Array(tasks.length * classes).fill(MASKED);
  tasks.forEach(({ taskToken }, b) => {
    if (taskToken.columns !== width) {
      throw new RangeError(`taskFeeds: a task token must be ${width} wide, got ${taskToken.columns}`);
    }
    tokens.set(taskToken.values, b * classes * width);
    mask.fill(0, b * classes, b * classes + taskToken.rows);
  });
  return {
    taskTokens: { values: tokens, shape: [tasks.length, classes, width] },
    classMask: { values: mask, shape: [tasks.length, 1, classes] },
    ...(tasks.some(({ specific }) => specific.length > 0) ? specificFeeds(tasks, classes, sizes) : {}),
  };
}

function specificFeeds(tasks: readonly BatchTask[], classes: number, sizes: TrainableSizes): Feeds {
  const { ptms, widestFeatures } = sizes;
  const taken = new Int32Array(ptms); // slots of each PTM that are in use
  for (const { ptm } of tasks.flatMap(({ specific }) => specific)) taken[ptm]!++;
  const slotsEach = taken.reduce((most, count) => Math.max(most, count));
  taken.fill(0);

  const [slots, pairs] = [ptms * slotsEach, tasks.length * ptms];
  const tokens = new Float32Array(slots * classes * widestFeatures);
  const mask = new Float32Array(slots * classes).fill(MASKED);
  const slotOfPair = new Int32Array(pairs).fill(slots);
  const pairOfSlot = new Int32Array(slots).fill(pairs);
  tasks.forEach(({ taskToken, specific }, b) => {
    for (const { ptm, token } of specific) {
      requireSpecificToken(ptm, token, taskToken.rows, sizes);
      const slot = ptm * slotsEach + taken[ptm]!++;
      for (let c = 0; c < token.rows; c++) {
        const row = token.values.subarray(c * token.columns, (c + 1) * token.columns);
        tokens.set(row, (slot * classes + c) * widestFeatures);
      }
      mask.fill(0, slot * classes, slot * classes + token.rows);
      slotOfPair[b * ptms + ptm] = slot;
      pairOfSlot[slot] = b * ptms + ptm;
    }
  });
  return {
    specificTokens: { values: tokens, shape: [ptms, slotsEach * classes, widestFeatures] },
    slotMask: { values: mask, shape: [slots, classes] },
    slotOfPair: { values: slotOfPair, shape: [pairs] },
    pairOfSlot: { values: pairOfSlot, shape: [slots] },
  };
}

/**
 * Packs target orders into the loss graph's inputs. A task's loss is the weighted mean over its choices, a batch's the
 * mean over its tasks, however many PTMs each of them ranks.
 *
 * @param orders one for each task: indices of the PTMs that have a target, best first
 * @param ptms   length of the whole list, M
 * @param decay  of positionWeights: 0 is the authors' loss
 * @throws RangeError if an order has fewer than two PTMs
 */
export function targetFeeds(orders: readonly Int32Array[], ptms: number, decay: number): Feeds {
  const size = orders.length * ptms;
  const order = new Int32Array(size);
  const place = new Int32Array(size);
  const mask = new Float32Array(size).fill(OUT_OF_LIST);
  const weights = new Float32Array(size);
  orders.forEach((ranked, b) => {
    const listed = new Set(ranked);
    const absent = Array.from({ length: ptms }, (_, m) => m).filter((m) => !listed.has(m));
    [...ranked, ...absent].forEach((ptm, r) => {
      order[b * ptms + r] = ptm;
      place[b * ptms + ptm] = r;
    });
    mask.fill(0, b * ptms, b * ptms + ranked.length);
    weights.set(positionWeights(ranked.length, ptms, decay), b * ptms);
  });
  const shape = [orders.length, ptms];
  return {
    order: { values: order, shape },
    place: { values: place, shape },
    listMask: { values: mask, shape: [orders.length, 1, ptms] },
    weights: { values: weights, shape },
  };
}

/**
 * Draws dropout factors for a packed batch: 0 with probability `rate`, else 1 / (1 - rate), so that means stay.
 *
 * @param feeds from taskFeeds
 */
export function dropoutFeeds(
  feeds: Feeds,
  { ptms, width }: TrainableSizes,
  rate: number,
  random: () => number,
): Feeds {
  const [tasks, classes] = feeds["taskTokens"]!.shape as [number, number];
  const draw = (...shape: number[]): NamedTensor => {
    const values = new Float32Array(shape.reduce((product, size) => product * size));
    const kept = 1 / (1 - rate);
    for (let i = 0; i < values.length; i++) values[i] = random() < rate ? 0 : kept;
    return { values, shape };
  };
  return {
    "dropout.ownShare": draw(tasks, ptms, 1),
    "dropout.classShares": draw(tasks, ptms, classes),
    ...(feeds["slotMask"] ? { "dropout.specificShares": draw(tasks * ptms, classes) } : {}),
    "dropout.attended": draw(tasks, ptms, width),
  };
}

function requireSpecificToken(
  ptm: number,
  token: Matrix,
  classes: number,
  { ptms, widestFeatures }: TrainableSizes,
): void {
  if (!(ptm < ptms) || token.columns > widestFeatures || token.rows > classes) {
    throw new RangeError(
      `taskFeeds: a specific token must be of a PTM below ${ptms} and at most [${classes}, ${widestFeatures}], ` +
        `got PTM ${ptm} and [${token.rows}, ${token.columns}]`,
    );
  }
}
