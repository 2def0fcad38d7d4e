/**
 * How a PTM takes images and gives features: what a file cannot say about itself. Pixels 0..255 are mapped linearly to
 * `range`, then normalised as (x - mean) / std, per channel where three numbers are given.
 */
export interface PtmSignature {
  /** Name of the graph's image input. */
  readonly input: string;
  /** Order of the input's axes: N images, C channels, H height, W width. */
  readonly layout: "NCHW" | "NHWC";
  readonly channels: 3;
  /** In pixels. */
  readonly height: number;
  readonly width: number;
  readonly range: readonly [low: number, high: number];
  readonly mean: number | readonly [number, number, number];
  readonly std: number | readonly [number, number, number];
  readonly outputs: {
    /** Penultimate features, [n, D]. */
    readonly features: string;
    /** Softmax over the source classes, [n, S], for the scores that need it (LEEP, NCE). */
    readonly probabilities?: string;
  };
}

/** The shape of a batch of n images in the order of the layout. */
export function inputShape({ layout, channels, height, width }: PtmSignature, n: number): number[] {
  return layout === "NCHW" ? [n, channels, height, width] : [n, height, width, channels];
}
