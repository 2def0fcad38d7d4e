import type { OrderColumn, PageOrder } from "./keyset-page.js";
import { NEWEST_FIRST } from "./keyset-page.js";

export const PTM_ORDERS = [
  "NEWEST",
  "OLDEST",
  "NAME",
  "FEWEST_PARAMETERS",
  "MOST_PARAMETERS",
  "SMALLEST",
  "LARGEST",
  "FEWEST_MACS",
  "MOST_MACS",
] as const;
export type PtmOrder = (typeof PTM_ORDERS)[number];

export const TASK_ORDERS = ["NEWEST", "OLDEST", "NAME", "FEWEST_SAMPLES", "MOST_SAMPLES"] as const;
export type TaskOrder = (typeof TASK_ORDERS)[number];

export const OUTCOME_ORDERS = ["NEWEST", "OLDEST", "LOWEST", "HIGHEST"] as const;
export type OutcomeOrder = (typeof OUTCOME_ORDERS)[number];

export const SCORE_ORDERS = ["NEWEST", "OLDEST", "LOWEST", "HIGHEST"] as const;
export type ScoreOrder = (typeof SCORE_ORDERS)[number];

/** Of lists that have no order but that of their rows' ages. */
export const AGE_ORDERS = ["NEWEST", "OLDEST"] as const;
export type AgeOrder = (typeof AGE_ORDERS)[number];

const ID = { property: "id", kind: "id" } as const;

function by<Item extends { id: string }>(
  property: OrderColumn<Item>["property"],
  kind: OrderColumn<Item>["kind"],
  direction: "ASC" | "DESC",
): PageOrder<Item> {
  return { columns: [{ property, kind }, ID], direction };
}

export const AGE_PAGE_ORDERS: Readonly<Record<AgeOrder, PageOrder<{ id: string }>>> = {
  NEWEST: NEWEST_FIRST,
  OLDEST: { ...NEWEST_FIRST, direction: "ASC" },
};

const BY_AGE_AND_NAME = {
  ...AGE_PAGE_ORDERS,
  NAME: by<{ id: string; name: string }>("name", "text", "ASC"),
} as const;

interface PtmPlaces {
  id: string;
  name: string;
  parameterCount: number;
  sizeBytes: number;
  macs: number | null;
}

export const PTM_PAGE_ORDERS: Readonly<Record<PtmOrder, PageOrder<PtmPlaces>>> = {
  ...BY_AGE_AND_NAME,
  FEWEST_PARAMETERS: by<PtmPlaces>("parameterCount", "number", "ASC"),
  MOST_PARAMETERS: by<PtmPlaces>("parameterCount", "number", "DESC"),
  SMALLEST: by<PtmPlaces>("sizeBytes", "number", "ASC"),
  LARGEST: by<PtmPlaces>("sizeBytes", "number", "DESC"),
  // Those that are not known stand last; migrations/1764060000000-costs.ts has the indexes.
  FEWEST_MACS: {
    columns: [{ property: "macs", kind: "number", whenNull: Number.MAX_SAFE_INTEGER }, ID],
    direction: "ASC",
  },
  MOST_MACS: { columns: [{ property: "macs", kind: "number", whenNull: -1 }, ID], direction: "DESC" },
};

interface OutcomePlaces {
  id: string;
  value: number;
}

export const OUTCOME_PAGE_ORDERS: Readonly<Record<OutcomeOrder, PageOrder<OutcomePlaces>>> = {
  ...AGE_PAGE_ORDERS,
  LOWEST: by<OutcomePlaces>("value", "number", "ASC"),
  HIGHEST: by<OutcomePlaces>("value", "number", "DESC"),
};

interface ScorePlaces {
  id: string;
  value: number | null;
}

/** A metric that says nothing of a pair stands at its worst: where a score has no value, no number is smaller. */
const NO_SCORE = -Number.MAX_VALUE;

export const SCORE_PAGE_ORDERS: Readonly<Record<ScoreOrder, PageOrder<ScorePlaces>>> = {
  ...AGE_PAGE_ORDERS,
  LOWEST: { columns: [{ property: "value", kind: "number", whenNull: NO_SCORE }, ID], direction: "ASC" },
  HIGHEST: { columns: [{ property: "value", kind: "number", whenNull: NO_SCORE }, ID], direction: "DESC" },
};

interface TaskPlaces {
  id: string;
  name: string;
  sampleCount: number;
}

export const TASK_PAGE_ORDERS: Readonly<Record<TaskOrder, PageOrder<TaskPlaces>>> = {
  ...BY_AGE_AND_NAME,
  FEWEST_SAMPLES: by<TaskPlaces>("sampleCount", "number", "ASC"),
  MOST_SAMPLES: by<TaskPlaces>("sampleCount", "number", "DESC"),
};
