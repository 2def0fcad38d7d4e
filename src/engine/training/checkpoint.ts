import { readSafetensors, type StoredTensor, writeSafetensors } from "../spider/safetensors.js";
import { PARAMETER_NAMES, SHARED_PARAMETERS, type Trainable } from "./trainable.js";
import type { TrainingState } from "./training-state.js";

/** A training between two epochs: where it goes on, the best epoch so far, and the companions that are trained already. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly best: BestEpoch;
  readonly companions: readonly TrainedCompanion[];
}

/** What is learned of a companion: no projections, since it never sees a run. */
const COMPANION_PARAMETERS = [...SHARED_PARAMETERS, "tokens"] as const;
export type TrainedCompanion = Pick<Trainable, (typeof COMPANION_PARAMETERS)[number]>;

export function companionOf(parameters: Trainable): TrainedCompanion {
  return Object.fromEntries(COMPANION_PARAMETERS.map((name) => [name, parameters[name]])) as TrainedCompanion;
}

export interface BestEpoch {
  readonly epoch: number;
  /** NaN without validation tasks. */
  readonly validationTau: number;
  readonly parameters: Trainable;
}

const PARTS = ["parameters", "first", "second", "best"] as const;

/**
 * A checkpoint as bytes. Float32 holds every step below 2^24; the best tau goes as three numbers, which hold it to the bit: a
 * later epoch that is exactly as good must be found so.
 */
export function checkpointFile({ state, best, companions }: Checkpoint): Uint8Array {
  const counts = Float32Array.of(state.step, best.epoch, companions.length, ...inThree(best.validationTau));
  const tensors = new Map<string, StoredTensor>([["counts", { shape: [counts.length], values: counts }]]);
  const arrays = { ...state, best: best.parameters };
  for (const part of PARTS) {
    for (const name of PARAMETER_NAMES) {
      const values = arrays[part][name];
      tensors.set(`${part}.${name}`, { shape: [values.length], values });
    }
  }
  for (const [i, companion] of companions.entries()) {
    for (const name of COMPANION_PARAMETERS) {
      tensors.set(`companion.${i}.${name}`, { shape: [companion[name].length], values: companion[name] });
    }
  }
  return writeSafetensors(tensors);
}

/** @throws RangeError if the bytes are no checkpoint */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const tensors = readSafetensors(bytes);
  const values = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new RangeError(`readCheckpoint: tensor ${name} is missing`);
    return tensor.values;
  };
  const part = (name: (typeof PARTS)[number]): Trainable =>
    Object.fromEntries(
      PARAMETER_NAMES.map((parameter) => [parameter, values(`${name}.${parameter}`)]),
    ) as Trainable;
  const [step = NaN, epoch = NaN, count = 0, high = NaN, middle = NaN, low = NaN] = values("counts");
  const companions = Array.from(
    { length: count },
    (_, i) =>
      Object.fromEntries(
        COMPANION_PARAMETERS.map((name) => [name, values(`companion.${i}.${name}`)]),
      ) as TrainedCompanion,
  );
  return {
    companions,
    state: { step, parameters: part("parameters"), first: part("first"), second: part("second") },
    best: { epoch, validationTau: high + middle + low, parameters: part("best") },
  };
}

/** A double as the sum of three float32, 24 bits each; exact for magnitudes like those of a tau. */
function inThree(value: number): [high: number, middle: number, low: number] {
  const high = Math.fround(value);
  const middle = Math.fround(value - high);
  return [high, middle, value - high - middle];
}
