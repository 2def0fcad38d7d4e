/** Interleaved RGB images of one size: element (i, y, x, c) is `pixels[((i * height + y) * width + x) * 3 + c]`. */
export interface Images {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** shape [count, height, width, 3], 0 to 255 */
  readonly pixels: Uint8Array | Float32Array;
}

interface Tap {
  readonly start: number;
  readonly weights: Float64Array;
}

/**
 * Resizes by the triangle filter: bilinear when it enlarges; when it shrinks the triangle widens with the factor, so
 * that every source pixel counts and fine patterns fade instead of aliasing. Pixel centres lie at half integers; at
 * the border the weights are renormalised.
 *
 * Formula: weight(x) = max(0, 1 - |x - centre| / max(1, source / target)), normalised to sum 1, first along x, then y.
 * Variant: the values stay float and are not rounded to bytes. Agrees with: Pillow's Image.resize(BILINEAR) on float
 * images (golden values in the test).
 *
 * @returns shape [count, height, width, 3]; the input itself when nothing changes
 * @throws RangeError if the pixels do not fill their shape or a size is not an integer >= 1
 */
export function resize(images: Images, height: number, width: number): Images {
  requireImages(images, height, width);
  const across = images.width === width ? images : resizeRows(images, width);
  return across.height === height ? across : resizeColumns(across, height);
}

function resizeRows({ count, height, width, pixels }: Images, target: number): Images {
  const taps = triangleTaps(width, target);
  const resized = new Float32Array(count * height * target * 3);
  for (let row = 0; row < count * height; row++) {
    taps.forEach(({ start, weights }, x) => {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) {
          sum += weights[i]! * pixels[(row * width + start + i) * 3 + channel]!;
        }
        resized[(row * target + x) * 3 + channel] = sum;
      }
    });
  }
  return { count, height, width: target, pixels: resized };
}

function resizeColumns({ count, height, width, pixels }: Images, target: number): Images {
  const taps = triangleTaps(height, target);
  const line = width * 3;
  const resized = new Float32Array(count * target * line);
  for (let image = 0; image < count; image++) {
    taps.forEach(({ start, weights }, y) => {
      for (let x = 0; x < line; x++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) {
          sum += weights[i]! * pixels[(image * height + start + i) * line + x]!;
        }
        resized[(image * target + y) * line + x] = sum;
      }
    });
  }
  return { count, height: target, width, pixels: resized };
}

function triangleTaps(source: number, target: number): Tap[] {
  const scale = source / target;
  const reach = Math.max(1, scale);
  return Array.from({ length: target }, (_, position) => {
    const centre = (position + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(source, Math.ceil(centre + reach));
    const weights = Float64Array.from({ length: end - start }, (_, i) =>
      Math.max(0, 1 - Math.abs(start + i + 0.5 - centre) / reach),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { start, weights: weights.map((weight) => weight / total) };
  });
}

function requireImages(images: Images, height: number, width: number): void {
  for (const size of [images.height, images.width, height, width]) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`resize: heights and widths must be integers >= 1, got ${size}`);
    }
  }
  const expected = images.count * images.height * images.width * 3;
  if (images.pixels.length !== expected) {
    throw new RangeError(
      `resize: images [${images.count}, ${images.height}, ${images.width}, 3] need ${expected} values, got ` +
        `${images.pixels.length}`,
    );
  }
}
