import { uniformStream } from "../../src/engine/random.js";
import type { TestServer } from "./server.js";

/** Width of the demo zoo's general encoder. */
export const ENCODER_WIDTH = 192;

/** Float32 values as the API takes and gives them. */
export function base64(values: ArrayLike<number>): string {
  return Buffer.from(Float32Array.from(values).buffer).toString("base64");
}

/** Class centres that look like features: positive, below 2; the seed tells tasks apart. */
export function randomCentres(seed: number, classCount = 3): { classes: string[]; vectors: string } {
  const next = uniformStream(seed);
  return {
    classes: Array.from({ length: classCount }, (_, i) => `class ${i}`),
    vectors: base64(Float32Array.from({ length: classCount * ENCODER_WIDTH }, () => 2 * next())),
  };
}

/** Adds a task by class centres alone, which can be ranked at once. @returns its id */
export async function addPrivateTask(server: TestServer, name: string, seed: number): Promise<string> {
  const { addTask } = await server.ask<{ addTask: { task: { id: string } | null; userErrors: unknown[] } }>(
    `mutation ($input: AddTaskInput!) { addTask(input: $input) { task { id } userErrors { code message } } }`,
    { input: { name, centres: randomCentres(seed) } },
  );
  if (addTask.task === null) throw new Error(JSON.stringify(addTask.userErrors));
  return addTask.task.id;
}
