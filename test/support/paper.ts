import { readReference } from "./ranking-cases.js";

/** test/refs/paper/multi_source_zoo.json: measured accuracies of 42 PTMs on seven data sets, in percent. */
export interface MultiSourceZoo {
  readonly models: string[];
  readonly accuracies: Record<string, number[]>;
}

export function multiSourceZoo(): MultiSourceZoo {
  return readReference("paper/multi_source_zoo.json") as MultiSourceZoo;
}
