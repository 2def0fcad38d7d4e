import type { StoredTokens } from "../spider/token-storage.js";

/** The exact forms of a task's fitness over a zoo: score-graph.ts and gram-graph.ts. */
export type ScoreForm = "folded" | "gram";

/** The folded form keeps a second array as large as the tokens; above this many values the Gram form alone fits. */
const LARGEST_FOLDED = 2 ** 26; // 256 MiB of float32
/** Below this many PTMs the Gram form's preparation of the task costs more than it saves. */
const SMALLEST_GRAM = 256;

/** Classes up to which the Gram form is cheaper: it was 24 at d = 256 and 28 at d = 1024 (bench/spider.mjs). */
const MOST_GRAM_CLASSES = 25;

/**
 * The form that costs less for a task of C classes. The Gram form reads half as much and writes nothing of size M x d
 * but multiplies 2.5 times as much, so it wins while C is small.
 *
 * @param tasks how many are scored in one pass
 */
export function cheaperForm(
  { rows, width, storage }: Pick<StoredTokens, "rows" | "width" | "storage">,
  classes: number,
  tasks: number,
): ScoreForm {
  if (storage !== "float32" || rows * width > LARGEST_FOLDED) return "gram";
  if (rows * tasks < SMALLEST_GRAM) return "folded";
  return classes <= MOST_GRAM_CLASSES ? "gram" : "folded";
}
