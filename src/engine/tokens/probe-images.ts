import { uniformStream } from "../random.js";

/** How many different images there are; also a whole batch, so that one run of them is a measurable unit of work. */
export const PROBE_IMAGES = 64;
/** Waves of one image: enough for shapes of several sizes, few enough that the shapes stay large. */
const WAVES = 6;
const HIGHEST_FREQUENCY = 8;
const SEED = 20_261_125;

/**
 * Images that every PTM can be shown without anybody's data: half of them smooth colour fields, half the same cut into two
 * colours along their level lines, so that there are edges, blobs and textures. They are functions of the place, sampled
 * at the middles of pixels, so that PTMs of different input sizes see the same pictures; the same numbers in every version,
 * or fingerprints could not be compared.
 *
 * @returns RGB bytes, shape [PROBE_IMAGES, height, width, 3]
 *
 * Cost: O(PROBE_IMAGES WAVES height width); the cosines are of rows and columns alone.
 */
export function probeImages(height: number, width: number): Uint8Array {
  const random = uniformStream(SEED);
  const pixels = new Uint8Array(PROBE_IMAGES * height * width * 3);
  const plane = new Float64Array(height * width);
  for (let image = 0; image < PROBE_IMAGES; image++) {
    for (let channel = 0; channel < 3; channel++) {
      plane.fill(0);
      for (let wave = 0; wave < WAVES; wave++) addWave(plane, height, width, random);
      const isCut = image % 2 === 1;
      const [low, high] = [random(), random()];
      for (let i = 0; i < plane.length; i++) {
        const value = isCut ? (plane[i]! > 0 ? high : low) : 1 / (1 + Math.exp(-plane[i]!));
        pixels[(image * plane.length + i) * 3 + channel] = Math.round(255 * value);
      }
    }
  }
  return pixels;
}

/** cos(2 pi (a x + b y) + phase), by the angle sum: a row's and a column's cosines are multiplied, not taken anew. */
function addWave(plane: Float64Array, height: number, width: number, random: () => number): void {
  const a = (2 * random() - 1) * HIGHEST_FREQUENCY;
  const b = (2 * random() - 1) * HIGHEST_FREQUENCY;
  const phase = 2 * Math.PI * random();
  const amplitude = 3 / (1 + Math.hypot(a, b)); // as in photographs, the finer the weaker
  const angles = Float64Array.from({ length: width }, (_, x) => (2 * Math.PI * a * (x + 0.5)) / width);
  const cosines = angles.map((angle) => Math.cos(angle));
  const sines = angles.map((angle) => Math.sin(angle));
  for (let y = 0; y < height; y++) {
    const angle = (2 * Math.PI * b * (y + 0.5)) / height + phase;
    const cosine = amplitude * Math.cos(angle);
    const sine = amplitude * Math.sin(angle);
    for (let x = 0; x < width; x++) plane[y * width + x]! += cosine * cosines[x]! - sine * sines[x]!;
  }
}
