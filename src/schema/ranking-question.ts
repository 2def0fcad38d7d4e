import { z } from "zod";

import { MODALITIES, PTM_STATUSES } from "../entities/ptm.js";
import { filterKey, type PtmFilter } from "../services/filters/ptm-filter.js";
import { LARGEST_TOP_K, type RankQuestion } from "../services/ranking/rank-zoo.js";

const text = z.string().regex(/^[^\0]*$/); // no column holds a NUL
const texts = z.array(text).nullish();
const count = z
  .strictObject({
    eq: z.number().nullish(),
    in: z.array(z.number()).nullish(),
    gte: z.number().nullish(),
    lte: z.number().nullish(),
  })
  .nullish();
const words = z.strictObject({ eq: text.nullish(), in: texts, contains: text.nullish() }).nullish();
const labels = z.strictObject({ contains: text.nullish(), in: texts }).nullish();
const moment = z.iso.datetime().transform((text) => new Date(text));
const moments = z.strictObject({ gte: moment.nullish(), lte: moment.nullish() }).nullish();

const filter: z.ZodType<PtmFilter> = z.lazy(() =>
  z.strictObject({
    name: text.nullish(),
    tags: texts,
    license: texts,
    architecture: texts,
    modality: z.array(z.enum(MODALITIES)).nullish(),
    status: z.array(z.enum(PTM_STATUSES)).nullish(),
    parameterCount: count,
    sizeBytes: count,
    macs: count,
    featureWidth: count,
    latest: z.boolean().nullish(),
    aliases: texts,
    createdBy: words,
    createdAt: moments,
    text: text.nullish(),
    where: z.strictObject({ name: words, license: words, architecture: words, tags: labels }).nullish(),
    and: z.array(filter).nullish(),
    or: z.array(filter).nullish(),
    not: filter.nullish(),
  }),
);

const question = z.object({
  taskId: z.uuid(),
  topK: z.int().min(1).max(LARGEST_TOP_K),
  spiderId: z.uuid().optional(),
  filter,
});

/** The key of a ranking that nobody kept: the question it answers, so that its id can be asked again. */
export function questionKey(asked: RankQuestion): string {
  return JSON.stringify(asked);
}

/** The question behind such a key; undefined for the id of a kept ranking. */
export function parseQuestion(key: string): RankQuestion | undefined {
  if (!key.startsWith("{")) return undefined;
  try {
    const asked = question.parse(JSON.parse(key));
    filterKey(asked.filter); // refuses what is too large
    return asked;
  } catch {
    return undefined;
  }
}
