import { useEffect, useState } from "react";

/** Rows of one width, one after the other. */
export interface ProjectionQuestion {
  /** PTM tokens, which give the plane. */
  readonly tokens: Float32Array;
  /** Where tasks lie among them. */
  readonly places: Float32Array;
  readonly width: number;
}
export interface ProjectionAnswer {
  readonly ptms: readonly (readonly [number, number])[];
  readonly tasks: readonly (readonly [number, number])[];
  /** The part of the tokens' variance that the plane shows, 0 to 1. */
  readonly explained: number;
}

/** The plane of the tokens' two principal components. */
export function useProjection({ tokens, places, width }: ProjectionQuestion): ProjectionAnswer | undefined {
  const [answer, setAnswer] = useState<ProjectionAnswer>();
  useEffect(() => {
    if (tokens.length < 3 * width || width === 0) return undefined;
    const worker = new Worker(new URL("./project.worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<ProjectionAnswer>) => setAnswer(data));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    worker.postMessage({ tokens, places, width } satisfies ProjectionQuestion);
    return () => worker.terminate();
  }, [tokens, places, width]);
  return answer;
}
