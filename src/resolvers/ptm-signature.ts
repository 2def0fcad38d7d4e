import type { PtmSignatureInput } from "../schema/inputs/ptm.inputs.js";
import type { AddPtmInput } from "../services/registry/add-ptm.js";

/** A signature as services take it. */
export function toSignature(input: PtmSignatureInput): AddPtmInput["signature"] {
  const { low, high, mean, std, features, probabilities, ...rest } = input;
  return {
    ...rest,
    channels: 3,
    range: [low, high],
    mean: oneOrThree(mean),
    std: oneOrThree(std),
    outputs: { features, ...(probabilities != null && { probabilities }) },
  };
}

/** Lists of any other length are passed on as they are and refused by the signature's check. */
function oneOrThree(values: readonly number[]): number | readonly [number, number, number] {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : (values as [number, number, number]);
}
