import { PCA } from "ml-pca";

import type { ProjectionAnswer, ProjectionQuestion } from "./use-projection.ts";

/** Axes are found from at most so many tokens, evenly drawn: more would not move them. */
const LARGEST_SAMPLE = 4000;

/** Away from the page, which stays smooth meanwhile. */
addEventListener("message", ({ data: { tokens, places, width } }: MessageEvent<ProjectionQuestion>) => {
  const rows = (values: Float32Array): number[][] =>
    Array.from({ length: values.length / width }, (_, i) =>
      Array.from(values.subarray(i * width, (i + 1) * width)),
    );
  const all = rows(tokens);
  const step = Math.max(1, Math.ceil(all.length / LARGEST_SAMPLE));
  const sample = all.filter((_, i) => i % step === 0);
  const pca = new PCA(sample, { method: "covarianceMatrix", center: true, scale: false });
  const plane = (vectors: number[][]): [number, number][] =>
    vectors.length === 0 ? [] : (pca.predict(vectors, { nComponents: 2 }).to2DArray() as [number, number][]);
  const [first = 0, second = 0] = pca.getExplainedVariance();
  const answer: ProjectionAnswer = {
    ptms: plane(all),
    tasks: plane(rows(places)),
    explained: first + second,
  };
  postMessage(answer);
});
