import { PCA } from "ml-pca";

import type { ProjectionAnswer, ProjectionQuestion } from "./use-projection.ts";

/** Axes are found from at most so many tokens, evenly drawn: more would not move them. */
const LARGEST_SAMPLE = 4000;

/** Away from the page, which stays smooth meanwhile. */
addEventListener("message", ({ data: { tokens, places } }: MessageEvent<ProjectionQuestion>) => {
  const step = Math.max(1, Math.ceil(tokens.length / LARGEST_SAMPLE));
  const sample = tokens.filter((_, i) => i % step === 0);
  const pca = new PCA(
    sample.map((token) => Array.from(token)),
    { method: "covarianceMatrix", center: true, scale: false },
  );
  const plane = (vectors: readonly Float32Array[]): [number, number][] =>
    vectors.length === 0
      ? []
      : (pca
          .predict(
            vectors.map((vector) => Array.from(vector)),
            { nComponents: 2 },
          )
          .to2DArray() as [number, number][]);
  const [first = 0, second = 0] = pca.getExplainedVariance();
  const answer: ProjectionAnswer = { ptms: plane(tokens), tasks: plane(places), explained: first + second };
  postMessage(answer);
});
