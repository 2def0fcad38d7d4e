import { z } from "zod";

import { MODALITIES, PTM_STATUSES } from "../entities/ptm.js";
import { LONGEST_LIST } from "../services/ptm-filter.js";
import { LARGEST_TOP_K, type RankQuestion } from "../services/rank-zoo.js";

const text = z.string().regex(/^[^\0]*$/); // no column holds a NUL
const texts = z.array(text).max(LONGEST_LIST).nullish();
const range = z.object({ gte: z.number().nullish(), lte: z.number().nullish() }).nullish();

const question = z.object({
  taskId: z.uuid(),
  topK: z.int().min(1).max(LARGEST_TOP_K),
  spiderId: z.uuid().optional(),
  filter: z.strictObject({
    name: text.nullish(),
    tags: texts,
    license: texts,
    architecture: texts,
    modality: z.array(z.enum(MODALITIES)).nullish(),
    status: z.array(z.enum(PTM_STATUSES)).nullish(),
    parameterCount: range,
    sizeBytes: range,
  }),
});

/** The key of a ranking that nobody kept: the question it answers, so that its id can be asked again. */
export function questionKey(asked: RankQuestion): string {
  return JSON.stringify(asked);
}

/** The question behind such a key; undefined for the id of a kept ranking. */
export function parseQuestion(key: string): RankQuestion | undefined {
  if (!key.startsWith("{")) return undefined;
  try {
    return question.parse(JSON.parse(key));
  } catch {
    return undefined;
  }
}
