import { readSafetensors, type StoredTensor, writeSafetensors } from "../spider/safetensors.js";
import { PARAMETER_NAMES, type Trainable } from "./trainable.js";
import type { TrainingState } from "./training-state.js";

/** A training between two epochs: where it goes on, and the best epoch so far. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly best: BestEpoch;
}

export interface BestEpoch {
  readonly epoch: number;
  /** NaN without validation tasks. */
  readonly validationTau: number;
  readonly parameters: Trainable;
}

const PARTS = ["parameters", "first", "second", "best"] as const;

/** A checkpoint as bytes. Float32 holds every step below 2^24; the best tau goes as two numbers, so that few digits are lost. */
export function checkpointFile({ state, best }: Checkpoint): Uint8Array {
  const high = Math.fround(best.validationTau);
  const counts = Float32Array.of(state.step, best.epoch, high, best.validationTau - high);
  const tensors = new Map<string, StoredTensor>([["counts", { shape: [counts.length], values: counts }]]);
  const arrays = { ...state, best: best.parameters };
  for (const part of PARTS) {
    for (const name of PARAMETER_NAMES) {
      const values = arrays[part][name];
      tensors.set(`${part}.${name}`, { shape: [values.length], values });
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
  const [step, epoch, high, low] = values("counts") as unknown as [number, number, number, number];
  return {
    state: { step, parameters: part("parameters"), first: part("first"), second: part("second") },
    best: { epoch, validationTau: high + low, parameters: part("best") },
  };
}
