import { doubleMatrix, type DoubleMatrix, rowOf } from "../linalg/double-matrix.js";
import { addScaled, dot } from "../linalg/vector.js";
import { uniformStream } from "../random.js";
import { multiplyTransposedRight } from "../runtime/mat-mul.js";

/** Lloyd's iterations nearly always settle in fewer than 30. */
const MOST_ITERATIONS = 100;

/**
 * Assigns each point to one of K clusters: k-means++ seeding, then Lloyd's iterations until no point moves.
 *
 * A pure function of points and seed. Equal distances go to the lower cluster. A cluster that loses all its points
 * takes over the one that lies farthest from its centre, unless every point lies on its centre already.
 * Source: Arthur, Vassilvitskii, SODA 2007.
 * Letters: N points, k dimensions, K clusters.
 *
 * @param points shape [N, k], finite
 * @returns shape [N], cluster of each point, integers in [0, clusterCount)
 * @throws RangeError unless clusterCount is an integer in [1, N]
 *
 * Cost: O(N K k) an iteration, as one matrix product.
 */
export async function kMeans(points: DoubleMatrix, clusterCount: number, seed: number): Promise<Int32Array> {
  if (!Number.isInteger(clusterCount) || clusterCount < 1 || clusterCount > points.rows) {
    throw new RangeError(
      `kMeans: clusterCount must be an integer in [1, ${points.rows}], got ${clusterCount}`,
    );
  }
  const squares = Float64Array.from({ length: points.rows }, (_, i) =>
    dot(rowOf(points, i), rowOf(points, i)),
  );
  const centres = seedCentres(points, squares, clusterCount, uniformStream(seed));
  const clusters = new Int32Array(points.rows).fill(-1);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { moved, distances } = await assign(points, squares, centres, clusters);
    if (!moved) break;
    adoptIntoEmpty(clusters, distances, clusterCount);
    moveCentres(points, clusters, centres);
  }
  return clusters;
}

/** k-means++: the next centre is a point drawn with probability proportional to its squared distance. */
function seedCentres(
  points: DoubleMatrix,
  squares: Float64Array,
  clusterCount: number,
  uniform: () => number,
): DoubleMatrix {
  const centres = doubleMatrix(clusterCount, points.columns);
  const nearest = new Float64Array(points.rows).fill(Infinity);
  let chosen = Math.floor(uniform() * points.rows);
  for (let k = 0; k < clusterCount; k++) {
    const centre = rowOf(points, chosen);
    centres.values.set(centre, k * points.columns);
    let total = 0;
    for (let i = 0; i < points.rows; i++) {
      const distance = squares[i]! + squares[chosen]! - 2 * dot(rowOf(points, i), centre);
      nearest[i] = i === chosen ? 0 : Math.max(0, Math.min(nearest[i]!, distance));
      total += nearest[i]!;
    }
    let rest = uniform() * total;
    chosen = 0;
    while (chosen < points.rows - 1 && rest >= nearest[chosen]!) rest -= nearest[chosen++]!;
  }
  return centres;
}

/** Moves every point to its nearest centre. */
async function assign(
  points: DoubleMatrix,
  squares: Float64Array,
  centres: DoubleMatrix,
  clusters: Int32Array,
): Promise<{ moved: boolean; distances: Float64Array }> {
  const products = await multiplyTransposedRight(points, centres); // [N, k] x [K, k]^T -> [N, K]
  const centreSquares = Float64Array.from({ length: centres.rows }, (_, k) =>
    dot(rowOf(centres, k), rowOf(centres, k)),
  );
  const distances = new Float64Array(points.rows);
  let moved = false;
  for (let i = 0; i < points.rows; i++) {
    const row = rowOf(products, i);
    let best = 0;
    let least = Infinity;
    for (let k = 0; k < row.length; k++) {
      const distance = centreSquares[k]! - 2 * row[k]!;
      if (distance < least) {
        least = distance;
        best = k;
      }
    }
    distances[i] = Math.max(0, least + squares[i]!);
    if (clusters[i] !== best) {
      clusters[i] = best;
      moved = true;
    }
  }
  return { moved, distances };
}

function adoptIntoEmpty(clusters: Int32Array, distances: Float64Array, clusterCount: number): void {
  const sizes = new Int32Array(clusterCount);
  for (const k of clusters) sizes[k]! += 1;
  for (let k = 0; k < clusterCount; k++) {
    if (sizes[k]! > 0) continue;
    let farthest = 0;
    for (let i = 1; i < distances.length; i++) if (distances[i]! > distances[farthest]!) farthest = i;
    if (distances[farthest] === 0) return;
    sizes[clusters[farthest]!]! -= 1;
    clusters[farthest] = k;
    distances[farthest] = 0;
  }
}

/** Centres become the means of their points; a cluster without points keeps its centre. */
function moveCentres(points: DoubleMatrix, clusters: Int32Array, centres: DoubleMatrix): void {
  const sizes = new Int32Array(centres.rows);
  for (const k of clusters) sizes[k]! += 1;
  sizes.forEach((size, k) => {
    if (size > 0) rowOf(centres, k).fill(0);
  });
  clusters.forEach((k, i) => addScaled(rowOf(centres, k), 1 / sizes[k]!, rowOf(points, i)));
}
