import { resize } from "./resize.js";
import type { Images } from "./resize.js";

/** One number for all channels, or one for each of red, green, blue. */
export type PerChannel = number | readonly [number, number, number];

/** How a PTM wants its images: the part of its signature that concerns pixels. */
export interface ImageInput {
  readonly layout: "NCHW" | "NHWC";
  readonly height: number;
  readonly width: number;
  /** What black and white become before mean and std: [0, 1], [0, 255], [-1, 1] ... */
  readonly range: readonly [number, number];
  /** In units of `range`. */
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/**
 * Turns images into the input of a PTM: resized, brought into its range, normalised, laid out.
 *
 * Formula: value = (low + (high - low) pixel / 255 - mean) / std, in float64, stored as float32.
 *
 * @param images uint8 RGB, shape [n, h, w, 3]
 * @returns values of shape [n, 3, height, width] (NCHW) or [n, height, width, 3] (NHWC)
 * @throws RangeError if sizes, range, mean or std make no sense or the pixels do not fill their shape
 *
 * Cost: O(n height width), and the resize where the size differs.
 */
export function preprocess(images: Images, input: ImageInput): { values: Float32Array; shape: number[] } {
  const { height, width, layout } = input;
  const [low, high] = input.range;
  const mean = channels("mean", input.mean);
  const std = channels("std", input.std);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    throw new RangeError(`preprocess: range must be [low, high] with low < high, got [${low}, ${high}]`);
  }
  if (std.some((value) => value <= 0))
    throw new RangeError(`preprocess: std must be positive, got ${std.join(", ")}`);

  const { count, pixels } = resize(images, height, width);
  const area = height * width;
  const values = new Float32Array(count * area * 3);
  for (let channel = 0; channel < 3; channel++) {
    const scale = (high - low) / 255 / std[channel]!;
    const offset = (low - mean[channel]!) / std[channel]!;
    for (let image = 0; image < count; image++) {
      for (let i = 0; i < area; i++) {
        const source = (image * area + i) * 3 + channel;
        const target = layout === "NHWC" ? source : (image * 3 + channel) * area + i;
        values[target] = pixels[source]! * scale + offset;
      }
    }
  }
  return { values, shape: layout === "NHWC" ? [count, height, width, 3] : [count, 3, height, width] };
}

function channels(name: string, value: PerChannel): readonly number[] {
  const values = typeof value === "number" ? [value, value, value] : value;
  if (values.length !== 3 || !values.every((channel) => Number.isFinite(channel))) {
    throw new RangeError(`preprocess: ${name} must be a finite number or three, got ${values.join(", ")}`);
  }
  return values;
}
